import { randomUUID } from 'node:crypto';
import {
	firstEnabled,
	type HttpAnswer,
	type JsonObject,
	type Orchestrator,
	postByFetch,
	sampleCallback,
	sampleDispatch,
	type SampleMessage,
	sign,
	type SigningSecret,
} from '../core';
import { SampleRefusedError } from './failure';

export interface SampleRequest {
	target: { kind: 'task'; workflowType: string } | { kind: 'callback' };
	deployment: string;
	secrets: readonly SigningSecret[];
	now: Date;
}

/** The parts of the core that a sample needs. */
export type SampleDoors = Pick<Orchestrator, 'endpoints' | 'models'>;

const TIMEOUT_MS = 15_000;
const SAMPLE_TYPE = 'content_pipeline';

/** What a content task looks like; other types take it as well, their inputs are free. */
const SAMPLE_INPUT: JsonObject = {
	topic: 'A sample topic from send-test',
	language: 'en',
	category: 'samples',
	target_keyword: 'sample',
};

/** Posts a sample, marked `test`, to the registered test address and says how it was answered. */
export async function sendSample(orchestrator: SampleDoors, request: SampleRequest): Promise<string> {
	const url = await testAddress(orchestrator, request);
	const { id, rawBody } = await sampleFor(orchestrator, request, url);
	const headers = sign({ id, at: request.now, rawBody, secrets: request.secrets });
	const answer = await postByFetch({
		url,
		body: rawBody,
		headers: { 'content-type': 'application/json', ...headers },
		timeoutMs: TIMEOUT_MS,
	});
	return judge(url, answer);
}

async function sampleFor(
	orchestrator: SampleDoors,
	{ target, deployment }: SampleRequest,
	replyTo: string,
): Promise<SampleMessage> {
	const executionId = randomUUID();
	if (target.kind === 'callback') return sampleCallback({ executionId, workflowType: SAMPLE_TYPE });
	const { workflowType } = target;
	const model = firstEnabled(await orchestrator.models.list());
	return sampleDispatch({ executionId, workflowType, deployment, replyTo, model, input: SAMPLE_INPUT });
}

async function testAddress(
	{ endpoints }: SampleDoors,
	{ target, deployment }: SampleRequest,
): Promise<string> {
	const workflowType = target.kind === 'task' ? target.workflowType : null;
	const url = await endpoints.find({ deployment, kind: target.kind, workflowType, test: true });
	if (url !== null) return url;
	const node = workflowType === null ? 'Callback Receiver' : `Task Trigger of ${workflowType}`;
	throw new SampleRefusedError(
		`No ${node} listens for a test event in the deployment “${deployment}”.`,
		LISTEN_FIRST,
	);
}

const LISTEN_FIRST = 'Open the workflow in n8n and click “Listen for test event” first, then send again.';

function judge(url: string, answer: HttpAnswer): string {
	if (answer.kind === 'failure') {
		throw new SampleRefusedError(
			`${url} does not answer: ${answer.message} (${answer.code}).`,
			'Start n8n, then listen again.',
		);
	}
	if (answer.status >= 200 && answer.status < 300)
		return `The sample was taken (${answer.status}) by ${url}.`;
	if (answer.status === 401) {
		const action = 'Set ORCHESTRATOR_SIGNING_SECRET to the secret of the credential Orchestrator Signing.';
		throw new SampleRefusedError(`${url} refused the signature (401).`, action);
	}
	if (answer.status === 404)
		throw new SampleRefusedError(`Nobody listens at ${url} any more (404).`, LISTEN_FIRST);
	throw new SampleRefusedError(
		`${url} answered ${answer.status}: ${answer.body.slice(0, 300)}`,
		'Look at the log of n8n.',
	);
}
