import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import {
	buildCallbackEnvelope,
	callbackWebhookId,
	classify,
	CONTRACT_VERSION,
	type DispatchEnvelope,
	dispatchEnvelope,
	dispatchWebhookId,
	InvalidInputError,
	jsonObject,
	type ModelRef,
	type Orchestrator,
	postByFetch,
	sign,
} from '../../../core';
import { defineAction } from '../../shared/action';
import { jsonParameter } from '../../shared/json';

const REQUEST_TIMEOUT_MS = 15_000;

/** Posts a signed sample to a test URL: nothing is claimed, nothing is settled, no production address changes. */
export const sendTest = defineAction({
	parameters: z.object({
		deployment: z.string().trim().min(1),
		target: z.enum(['task', 'callback']),
		workflowType: z.string().trim().min(1),
		sampleInput: jsonParameter(jsonObject),
	}),
	async perform({ json, parameters }, { orchestrator, secrets, clock }) {
		const { deployment, target, workflowType } = parameters;
		const door = await orchestrator();
		const url = await listeningAddress(door, parameters);
		const { id, body } =
			target === 'task'
				? sampleDispatch(parameters, url, await firstModel(door))
				: sampleCallback(workflowType);
		const headers = sign({ id, at: clock.now(), rawBody: body, secrets: await secrets() });
		const answer = await postByFetch({
			url,
			body,
			headers: { 'content-type': 'application/json', ...headers },
			timeoutMs: REQUEST_TIMEOUT_MS,
		});
		const { status, message, outcome } = classify(answer, clock.now());
		const delivered = status !== null && status >= 200 && status < 300;
		const note = delivered ? 'The sample was taken.' : message;
		return {
			json: {
				...json,
				sample: { target, deployment, workflowType, delivered, outcome, status, message: note },
			},
		};
	},
});

interface Target {
	deployment: string;
	target: 'task' | 'callback';
	workflowType: string;
	sampleInput: z.output<typeof jsonObject>;
}

async function listeningAddress({ endpoints }: Orchestrator, { deployment, target, workflowType }: Target) {
	const type = target === 'task' ? workflowType : null;
	const url = await endpoints.find({ deployment, kind: target, workflowType: type, test: true });
	if (url !== null) return url;
	const node = target === 'task' ? `Task Trigger of “${workflowType}”` : 'Callback Receiver';
	throw new InvalidInputError(
		`Nobody listens for a test event: no ${node} in deployment “${deployment}”.`,
		`Open that workflow, click “Execute workflow” so that its ${node} listens, then send the sample again.`,
	);
}

async function firstModel({ models }: Orchestrator): Promise<ModelRef | null> {
	const model = (await models.list()).find((candidate) => candidate.enabled);
	return model ? { provider: model.provider, model: model.model, base_url: model.baseUrl } : null;
}

function sampleDispatch(
	{ deployment, workflowType, sampleInput }: Target,
	url: string,
	model: ModelRef | null,
) {
	const envelope: DispatchEnvelope = dispatchEnvelope.parse({
		contract_version: CONTRACT_VERSION,
		type: 'orchestrator.dispatch',
		test: true,
		deployment,
		execution_id: randomUUID(),
		epoch: 1,
		workflow_type: workflowType,
		parent_execution_id: null,
		priority: 5,
		limit_seconds: 300,
		callback_url: url,
		model,
		items: [{ task_id: '0', idempotency_key: `test-${randomUUID()}`, attempt: 1, input: sampleInput }],
	});
	return { id: dispatchWebhookId(envelope.execution_id, envelope.epoch), body: JSON.stringify(envelope) };
}

function sampleCallback(workflowType: string) {
	const envelope = buildCallbackEnvelope({
		executionId: randomUUID(),
		epoch: 1,
		workflowType,
		n8nExecutionId: null,
		test: true,
		items: [{ task_id: '0', outcome: 'succeeded', result: { sample: true }, usage: [] }],
	});
	return { id: callbackWebhookId(envelope), body: JSON.stringify(envelope) };
}
