import { createServer, type Server } from 'node:http';
import {
	buildCallbackEnvelope,
	buildDispatchEnvelope,
	callbackWebhookId,
	type ClaimedExecution,
	classify,
	deliver,
	dispatchWebhookId,
	type HttpAnswer,
	type HttpPost,
	parseSecrets,
	postByFetch,
	readRetryAfter,
	verify,
} from '../../core';

const start = new Date('2026-01-01T12:00:00Z');
const secrets = parseSecrets('a plain secret of some length');
const execution: ClaimedExecution = {
	executionId: '8d5bb6ac-0f55-4b37-9f5c-0f2b0b0d8c11',
	epoch: 3,
	workflowType: 'content_pipeline',
	priority: 5,
	parentExecutionId: null,
	leaseUntil: new Date(start.getTime() + 30_000),
	limitSeconds: 300,
	endpointUrl: 'http://127.0.0.1:1/webhook/x',
	callbackUrl: 'http://127.0.0.1:1/webhook/callback',
	model: null,
	items: [{ task_id: '1', idempotency_key: 'k', attempt: 1, input: { topic: 'tea' } }],
};
const reply = (status: number, body = '', retryAfter: string | null = null): HttpAnswer => ({
	kind: 'response',
	status,
	body,
	retryAfter,
});
const lost: HttpAnswer = { kind: 'failure', sent: true, code: 'ECONNRESET', message: 'socket hang up' };
const refusedByPort: HttpAnswer = { kind: 'failure', sent: false, code: 'ECONNREFUSED', message: 'connect' };

/** A clock that only sleeping moves, and an endpoint that answers as scripted. */
function scripted(...answers: HttpAnswer[]) {
	let nowMs = start.getTime();
	const requests: HttpPost[] = [];
	return {
		requests,
		options: {
			deployment: 'main',
			secrets,
			clock: { now: () => new Date(nowMs) },
			sleep: async (ms: number) => void (nowMs += ms),
			post: async (request: HttpPost) => {
				requests.push(request);
				nowMs += 100;
				return answers[Math.min(requests.length, answers.length) - 1] ?? lost;
			},
		},
	};
}

describe('delivering', () => {
	test('an acknowledgement ends it after one signed request', async () => {
		const { requests, options } = scripted(reply(202, '{"status":"accepted"}'));
		const result = await deliver(execution, options);
		expect(result).toMatchObject({ outcome: 'accepted', status: 202, attempts: 1, ms: 100 });
		const { headers, body } = requests[0]!;
		expect(verify({ headers, rawBody: body, secrets, now: start })).toMatchObject({
			verified: true,
			id: result.webhookId,
		});
		expect(JSON.parse(body)).toEqual(buildDispatchEnvelope(execution, 'main'));
	});

	test('an unknown outcome is repeated under the same id, signed anew, until something answers', async () => {
		const { requests, options } = scripted(lost, lost, reply(200, '{"status":"duplicate"}'));
		expect(await deliver(execution, options)).toMatchObject({ outcome: 'duplicate', attempts: 3 });
		expect(new Set(requests.map((each) => each.headers['webhook-id']))).toEqual(
			new Set([dispatchWebhookId(execution.executionId, 3)]),
		);
		expect(new Set(requests.map((each) => each.headers['webhook-timestamp'])).size).toBeGreaterThan(1);
	});

	test('an outcome that stays unknown ends with the dispatch lease, never as a refusal', async () => {
		const { requests, options } = scripted(lost);
		const result = await deliver(execution, options);
		expect(result.outcome).toBe('unknown');
		expect(result.ms).toBeLessThan(30_000);
		expect(requests.length).toBeGreaterThan(5);
		expect(Math.max(...requests.map((each) => each.timeoutMs))).toBe(15_000);
	});

	test('a refusal after an unknown attempt is a refusal', async () => {
		const { options } = scripted(lost, refusedByPort);
		expect(await deliver(execution, options)).toMatchObject({ outcome: 'refused', attempts: 2 });
	});
});

describe('classifying', () => {
	test.each([
		[reply(202, '{"status":"accepted"}'), 'accepted'],
		[reply(202, '{"status":"duplicate"}'), 'duplicate'],
		[reply(200, 'Workflow was started'), 'refused'],
		[reply(204), 'refused'],
		[reply(301), 'refused'],
		[reply(400), 'refused'],
		[reply(401), 'refused'],
		[reply(404), 'refused'],
		[reply(409, '{"status":"stale"}'), 'stale'],
		[reply(500), 'refused'],
		[refusedByPort, 'refused'],
		[lost, 'unknown'],
	])('%j is %s', (answer, outcome) => {
		expect(classify(answer, start).outcome).toBe(outcome);
	});

	test.each([
		[
			'{"status":"stale","reason":"unknown"}',
			'the database of the other side does not know it. Do both use the same one?',
		],
		['{"status":"stale","reason":"epoch"}', 'its tasks were dispatched again since.'],
		['{"status":"stale","reason":"cancelled"}', 'it was cancelled.'],
		['{"status":"stale","reason":"reported"}', 'all of its tasks are reported.'],
		['{"status":"stale","reason":"expired"}', 'its lease ran out.'],
	])('409 with %s says: %s', (body, because) => {
		expect(classify(reply(409, body), start).message).toBe(`The execution is no longer in force: ${because}`);
	});

	test.each(['', 'no JSON', '[]', '{"reason":"toString"}', '{"reason":7}'])(
		'409 with %j gives no reason',
		(body) => {
			expect(classify(reply(409, body), start).message).toBe('The execution is no longer in force.');
		},
	);

	test('410 disables the endpoint, 429 and 503 ask for patience', () => {
		expect(classify(reply(410), start)).toMatchObject({ outcome: 'refused', disableEndpoint: true });
		for (const status of [429, 503]) {
			expect(classify(reply(status, '', '120'), start).retryAt).toEqual(new Date('2026-01-01T12:02:00Z'));
		}
		expect(classify(reply(500, '', '120'), start).retryAt).toBeNull();
	});

	test('Retry-After comes in seconds or as a date', () => {
		expect(readRetryAfter('Thu, 01 Jan 2026 12:05:00 GMT', start)).toEqual(new Date('2026-01-01T12:05:00Z'));
		expect(readRetryAfter('soon', start)).toBeNull();
		expect(readRetryAfter(null, start)).toBeNull();
	});
});

describe('posting by fetch', () => {
	let server: Server;
	let base: string;
	beforeAll(async () => {
		server = createServer((request, response) => {
			if (request.url === '/redirect')
				return void response.writeHead(302, { location: `${base}/secret` }).end();
			if (request.url === '/reset') return void request.socket.destroy();
			if (request.url === '/silent') return;
			response.writeHead(429, { 'retry-after': '7' }).end(request.url);
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
	});
	afterAll(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	const post = (url: string, timeoutMs = 5000) => postByFetch({ url, headers: {}, body: '{}', timeoutMs });

	test('an answer comes with status, body and Retry-After', async () => {
		expect(await post(`${base}/x`)).toEqual({ kind: 'response', status: 429, retryAfter: '7', body: '/x' });
	});

	test('a redirect is an answer, not a journey', async () => {
		expect(await post(`${base}/redirect`)).toMatchObject({ kind: 'response', status: 302 });
	});

	test('a reset or a timeout after sending may have arrived', async () => {
		expect(await post(`${base}/reset`)).toMatchObject({ kind: 'failure', sent: true });
		expect(await post(`${base}/silent`, 50)).toMatchObject({
			kind: 'failure',
			sent: true,
			code: 'TimeoutError',
		});
	});

	test('a closed port, an unknown host and a bad address were never sent', async () => {
		const closed = createServer();
		await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
		const address = closed.address();
		await new Promise((resolve) => closed.close(resolve));
		const port = typeof address === 'object' && address ? address.port : 0;
		expect(await post(`http://127.0.0.1:${port}/`)).toMatchObject({
			kind: 'failure',
			sent: false,
			code: 'ECONNREFUSED',
		});
		expect(await post('not an address')).toMatchObject({ kind: 'failure', sent: false });
	});
});

describe('envelopes', () => {
	test('the webhook id of a dispatch is stable within an epoch and differs in the next', () => {
		expect(dispatchWebhookId('a', 1)).toMatch(/^msg_[0-9a-f]{32}$/);
		expect(dispatchWebhookId('a', 1)).toBe(dispatchWebhookId('a', 1));
		expect(dispatchWebhookId('a', 2)).not.toBe(dispatchWebhookId('a', 1));
	});

	test('the webhook id of a callback depends on which tasks ended how, not on their order', () => {
		const item = (task_id: string, outcome: 'succeeded' | 'failed') =>
			outcome === 'succeeded'
				? { task_id, outcome, result: {}, usage: [] }
				: { task_id, outcome, error: { message: 'x' }, usage: [] };
		const idOf = (...items: ReturnType<typeof item>[]) =>
			callbackWebhookId(buildCallbackEnvelope({ ...execution, n8nExecutionId: null, items }));
		expect(idOf(item('1', 'succeeded'), item('2', 'failed'))).toBe(
			idOf(item('2', 'failed'), item('1', 'succeeded')),
		);
		expect(idOf(item('1', 'succeeded'))).not.toBe(idOf(item('1', 'failed')));
		expect(idOf(item('1', 'succeeded'))).toMatch(/^cb_[0-9a-f]{32}$/);
	});

	test('an envelope that breaks the contract is not built', () => {
		expect(() => buildDispatchEnvelope({ ...execution, items: [] }, 'main')).toThrow();
		expect(() => buildDispatchEnvelope({ ...execution, priority: 11 }, 'main')).toThrow();
	});
});
