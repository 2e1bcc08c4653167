import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { Orchestrator } from '../../core';
import { orchestratorN8nApiTest } from '../../nodes/shared/credential-tests';
import { claimOne, emptyQueue, expireLease, openQueue, startWork } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { endNodePool, INSTANCE_ID, runNode } from './engine';

const KEY = 'n8n_api_0123456789abcdef0123456789abcdef';
let database: TestDatabase;
let orchestrator: Orchestrator;
let n8n: Server;
let asked: string[];
/** What the server answers: as n8n 2.40.7 does for an execution that works. */
let answer: { status: number; body: unknown };
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	n8n = createServer((request, response) => {
		asked.push(`${request.method} ${request.url} ${String(request.headers['x-n8n-api-key'])}`);
		const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
		const type = typeof answer.body === 'string' ? 'text/html' : 'application/json';
		response.writeHead(answer.status, { 'content-type': type }).end(text);
	});
	await new Promise<void>((resolve) => n8n.listen(0, '127.0.0.1', resolve));
});
beforeEach(async () => {
	asked = [];
	answer = { status: 200, body: { status: 'canceled' } };
	await emptyQueue(database);
});
afterAll(async () => {
	n8n.closeAllConnections();
	await new Promise((resolve) => n8n.close(resolve));
	await endNodePool(database.url);
	await database.drop();
});

const baseUrl = () => `http://127.0.0.1:${(n8n.address() as AddressInfo).port}`;

async function zombie(n8nExecutionId: string, n8nInstance?: string): Promise<void> {
	const execution = await claimOne(orchestrator);
	await startWork(orchestrator, execution, n8nExecutionId, n8nInstance);
	await expireLease(database, execution.executionId);
	await orchestrator.runs.recover();
}

const outcome = z.object({
	zombies: z.object({
		known: z.number(),
		stopped: z.number(),
		running: z.number(),
		message: z.string(),
		elsewhere: z.array(z.object({ n8nInstance: z.string(), n8nExecutionIds: z.array(z.string()) })),
	}),
	before: z.literal('kept'),
});

async function stop(n8nApi?: { baseUrl: string; apiKey: string }) {
	const { json, error } = await runNode(
		{ type: 'stateMachineController', parameters: { operation: 'stopZombies' } },
		[{ before: 'kept' }],
		{ url: database.url, ...(n8nApi && { n8nApi }) },
	);
	expect(error).toBeNull();
	return outcome.parse(json[0]).zombies;
}

const left = async () =>
	(await orchestrator.runs.zombies()).map(({ n8nExecutionId }) => n8nExecutionId).sort();

test('every zombie is stopped by n8n’s public API, with the key, and known no more', async () => {
	await zombie('71');
	await zombie('72');
	expect(await stop({ baseUrl: `${baseUrl()}/`, apiKey: KEY })).toEqual({
		known: 2,
		stopped: 2,
		running: 0,
		message: '2 asked to stop, 2 of them run no more.',
		elsewhere: [],
	});
	expect(asked.sort()).toEqual([
		`POST /api/v1/executions/71/stop ${KEY}`,
		`POST /api/v1/executions/72/stop ${KEY}`,
	]);
	expect(await left()).toEqual([]);
});

test('what runs in another n8n is neither stopped here, nor noted, nor counted as known: it is named', async () => {
	await zombie('71', INSTANCE_ID);
	await zombie('71', 'another n8n');
	await zombie('72', 'another n8n');
	answer = { status: 404, body: { message: 'Not Found' } };
	const elsewhere = [{ n8nInstance: 'another n8n', n8nExecutionIds: ['72', '71'] }];
	expect(await stop({ baseUrl: baseUrl(), apiKey: KEY })).toMatchObject({ known: 1, stopped: 1, elsewhere });
	expect(asked).toEqual([`POST /api/v1/executions/71/stop ${KEY}`]);
	expect(await orchestrator.runs.zombies()).toMatchObject([
		{ n8nExecutionId: '72', stopAskedAt: null },
		{ n8nExecutionId: '71', n8nInstance: 'another n8n', stopAskedAt: null },
	]);
	asked = [];
	expect(await stop({ baseUrl: baseUrl(), apiKey: KEY })).toMatchObject({
		known: 0,
		message: 'Nothing to stop.',
		elsewhere,
	});
	expect(asked).toEqual([]);
});

test('without a credential it says how many may still run and what to do, and the pass goes on', async () => {
	await zombie('71');
	const { message, ...counts } = await stop();
	expect(counts).toEqual({ known: 1, stopped: 0, running: 1, elsewhere: [] });
	expect(message).toMatch(
		/^1 executions that were taken away may still run.*“Orchestrator n8n API”.*execution:stop/,
	);
	expect(await left()).toEqual(['71']);
});

test('without a zombie n8n is not asked', async () => {
	expect(await stop({ baseUrl: baseUrl(), apiKey: KEY })).toMatchObject({
		known: 0,
		message: 'Nothing to stop.',
	});
	expect(asked).toEqual([]);
});

test('one that n8n does not know, or that had ended, is known no more', async () => {
	await zombie('71');
	answer = { status: 404, body: { message: 'Not Found' } };
	expect(await stop({ baseUrl: baseUrl(), apiKey: KEY })).toMatchObject({ stopped: 1, running: 0 });
	expect(await left()).toEqual([]);
});

test.each([
	['runs on', 200, { status: 'running' }, '1 asked to stop, 0 of them run no more'],
	['is kept by a wrong key', 401, { message: 'unauthorized' }, 'answered 401'],
	['is kept by a missing scope', 403, { message: 'Forbidden' }, 'the key needs the scope execution:stop'],
	['is kept by too many requests', 429, { message: 'slow down' }, 'answered 429'],
	['is kept by a fault of n8n', 500, { message: 'oops' }, 'answered 500'],
	['is kept by another server at the address', 404, '<html>not here</html>', 'answered 404'],
	['is kept by a redirect', 302, '', 'answered 302'],
])('one that %s stays known, and the pass goes on: %i %j', async (_why, status, body, message) => {
	await zombie('71');
	answer = { status, body };
	const zombies = await stop({ baseUrl: baseUrl(), apiKey: KEY });
	expect(zombies).toMatchObject({
		known: 1,
		stopped: 0,
		running: 1,
		message: expect.stringContaining(message),
	});
	expect(zombies.message).not.toContain(KEY);
	expect(await left()).toEqual(['71']);
});

test('an n8n that does not answer and a credential without a key stop no pass', async () => {
	await zombie('71');
	expect((await stop({ baseUrl: 'http://127.0.0.1:1', apiKey: KEY })).message).toContain('ECONNREFUSED');
	expect((await stop({ baseUrl: baseUrl(), apiKey: '' })).message).toContain('incomplete: apiKey');
	expect(await left()).toEqual(['71']);
});

describe('the test of Orchestrator n8n API', () => {
	const ask = async (data: IDataObject) =>
		await orchestratorN8nApiTest.call({} as never, { id: '1', name: 'c', type: 't', data: data as never });

	it.each([
		['is content with the scope', 200, { data: { scopes: ['execution:stop'] } }, 'OK', 'may stop executions'],
		[
			'names a missing scope',
			200,
			{ data: { scopes: ['workflow:read'] } },
			'Error',
			'lacks the scope execution:stop',
		],
		['names a wrong key', 401, { message: 'unauthorized' }, 'Error', 'status 401'],
		['is not content with another server', 200, '<html></html>', 'Error', 'does not take this key'],
	])('%s, by the answer %i %j', async (_name, status, body, verdict, message) => {
		answer = { status, body };
		expect(await ask({ baseUrl: baseUrl(), apiKey: KEY })).toEqual({
			status: verdict,
			message: expect.stringContaining(message),
		});
		expect(asked).toEqual([`GET /api/v1/discover ${KEY}`]);
	});

	it('says where nobody answers', async () => {
		expect(await ask({ baseUrl: 'http://127.0.0.1:1', apiKey: KEY })).toMatchObject({
			message: expect.stringContaining('n8n does not answer at http://127.0.0.1:1'),
		});
	});
});
