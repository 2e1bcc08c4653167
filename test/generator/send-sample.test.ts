import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseSecret, verify } from '../../core';
import { type SampleDoors, sendSample } from '../../generator/send-sample';

const secret = parseSecret('a secret of at least 24 bytes');
const now = new Date('2026-11-20T12:00:00Z');

let server: Server;
let status = 202;
let received: Array<{ headers: IncomingHttpHeaders; rawBody: string }> = [];
let url: string;

beforeAll(async () => {
	server = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			received.push({ headers: request.headers, rawBody: Buffer.concat(chunks).toString('utf8') });
			response.writeHead(status).end('{"status":"accepted"}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook-test/mo-main/content-pipeline`;
});
afterAll(async () => {
	await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
	status = 202;
	received = [];
});

/** A core where this address, or nobody, listens for test events. */
const doors = (listening: string | null) =>
	({
		endpoints: {
			find: async (query: { test: boolean }) => (query.test ? listening : 'http://production.invalid'),
		},
		models: { list: async () => [] },
	}) as unknown as SampleDoors;
const task = { kind: 'task', workflowType: 'content_pipeline' } as const;
const request = (target: Parameters<typeof sendSample>[1]['target']) => ({
	target,
	deployment: 'main',
	secrets: [secret],
	now,
});

test.each([
	['task', task, 'orchestrator.dispatch'],
	['report', { kind: 'callback' } as const, 'orchestrator.callback'],
])('a sample %s is signed, marked as test, and goes to the test address', async (_, target, type) => {
	await expect(sendSample(doors(url), request(target))).resolves.toContain('The sample was taken (202)');
	const [message] = received;
	expect(JSON.parse(message?.rawBody ?? '{}')).toMatchObject({ type, test: true });
	const verified = verify({
		headers: message?.headers ?? {},
		rawBody: message?.rawBody ?? '',
		secrets: [secret],
		now,
	});
	expect(verified).toMatchObject({ verified: true });
});

test('when nobody listens the message says what to click', async () => {
	await expect(sendSample(doors(null), request(task))).rejects.toMatchObject({
		code: 'MO_SAMPLE_REFUSED',
		action: expect.stringContaining('Listen for test event'),
	});
	expect(received).toEqual([]);
});

test.each([
	[401, 'ORCHESTRATOR_SIGNING_SECRET'],
	[404, 'Listen for test event'],
	[500, 'log of n8n'],
])('an answer of %d says what to do', async (answer, action) => {
	status = answer;
	await expect(sendSample(doors(url), request(task))).rejects.toMatchObject({
		action: expect.stringContaining(action),
	});
});
