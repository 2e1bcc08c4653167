import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import {
	classify,
	firstEnabled,
	InvalidInputError,
	jsonObject,
	type Orchestrator,
	postByFetch,
	sampleCallback,
	sampleDispatch,
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
		const parts = { executionId: randomUUID(), workflowType };
		const { id, rawBody } =
			target === 'task'
				? sampleDispatch({
						...parts,
						deployment,
						replyTo: url,
						model: firstEnabled(await door.models.list()),
						input: parameters.sampleInput,
					})
				: sampleCallback(parts);
		const headers = sign({ id, at: clock.now(), rawBody, secrets: await secrets() });
		const answer = await postByFetch({
			url,
			body: rawBody,
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
