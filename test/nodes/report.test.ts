import nock from 'nock';
import type { IDataObject } from 'n8n-workflow';
import { assembleArticle, type ClaimedExecution, type Orchestrator, parseSecret, verify } from '../../core';
import { claimOne, emptyQueue, openType, startOne, TYPE } from '../postgres/scenario';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { endNodePool, type EngineOptions, runNode, SECRET } from './engine';

let database: TestDatabase;
let orchestrator: Orchestrator;
let engine: EngineOptions;

beforeAll(async () => {
	database = await freshDatabase();
	orchestrator = database.orchestrator();
	engine = { url: database.url };
	await openType(database, orchestrator);
});
beforeEach(() => emptyQueue(database));
afterEach(() => nock.cleanAll());
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

const HOST = 'http://127.0.0.1:5678';
const EXECUTION = '7d9f2a34-6d0e-4e4b-9f0e-5f6f5a6f3c11';

function taskOf(id: string, over: { execution?: IDataObject; test?: boolean; deadlineMs?: number } = {}): IDataObject {
	return {
		task: { id, idempotencyKey: `key-${id}`, attempt: 1, workflowType: TYPE },
		execution: {
			id: EXECUTION,
			epoch: 1,
			deadlineAt: new Date(Date.now() + (over.deadlineMs ?? 60_000)).toISOString(),
			callbackUrl: `${HOST}/webhook/mo-main/callback`,
			...over.execution,
		},
		input: { topic: 'tea' },
		model: null,
		test: over.test ?? false,
	};
}

/** The task is found through the paired item of the node named “Task Trigger”. */
const reporter = {
	type: 'taskReport',
	parameters: {
		operation: 'report',
		outcome: 'auto',
		result: '={{ $json.result ?? {} }}',
		usage: '={{ $json.usage ?? [] }}',
		task: "={{ $('Task Trigger').item.json }}",
	},
};

interface Seen {
	body: IDataObject;
	id: string;
	timestamp: string;
	verified: boolean;
}

/** Answers one callback and remembers what came. */
function receiver(seen: Seen[], status: number, answer: object = { status: 'applied' }) {
	const remembered: Record<string, string> = {};
	const note = (name: string) => (value: unknown) => (remembered[name] = String(value)) !== '';
	let body: IDataObject = {};
	nock(HOST)
		.post('/webhook/mo-main/callback', (sent: IDataObject) => (body = sent) !== null)
		.matchHeader('webhook-id', note('webhook-id'))
		.matchHeader('webhook-timestamp', note('webhook-timestamp'))
		.matchHeader('webhook-signature', note('webhook-signature'))
		.reply(status, answer)
		.once('request', () => {
			const rawBody = JSON.stringify(body);
			const { verified } = verify({ headers: remembered, rawBody, secrets: [parseSecret(SECRET)], now: new Date() });
			const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = remembered;
			seen.push({ body, id, timestamp, verified });
		});
}

describe('Task Report', () => {
	it('sends one signed report for all items of an execution, and one more for another execution', async () => {
		const seen: Seen[] = [];
		receiver(seen, 200);
		receiver(seen, 200);
		const other = { execution: { id: '0b7b7a0e-5a58-4b1a-8c5c-0b6b1c6c2d22' } };
		const run = await runNode(
			reporter,
			[
				{ ...taskOf('1'), result: { words: 1 } },
				{ ...taskOf('2'), error: 'the model does not answer' },
				{ ...taskOf('3', other), result: {} },
			],
			engine,
		);
		expect(run.error).toBeNull();
		expect(run.json.map((json) => json.reported)).toEqual(['applied', 'applied', 'applied']);
		expect(run.outputs[0]?.map((item) => item.pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(seen.map((callback) => callback.verified)).toEqual([true, true]);
		const first = seen.find(({ body }) => body.execution_id === EXECUTION);
		expect(first?.body).toMatchObject({
			n8n_execution_id: '4711',
			items: [
				{ task_id: '1', outcome: 'succeeded', result: { words: 1 } },
				{ task_id: '2', outcome: 'failed', error: { message: 'the model does not answer' } },
			],
		});
	});

	it('repeats under the same id with a fresh signature until it is acknowledged', async () => {
		const seen: Seen[] = [];
		receiver(seen, 503, {});
		receiver(seen, 500, {});
		receiver(seen, 200, { status: 'duplicate' });
		const run = await runNode(reporter, [taskOf('1')], engine);
		expect(run.json[0]).toMatchObject({ reported: 'duplicate' });
		expect(new Set(seen.map((callback) => callback.id)).size).toBe(1);
		expect(new Set(seen.map((callback) => callback.timestamp)).size).toBeGreaterThan(1);
		expect(seen.every((callback) => callback.verified)).toBe(true);
	});

	it('repeats after a refused connection', async () => {
		nock(HOST)
			.post('/webhook/mo-main/callback')
			.replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
		receiver([], 200);
		expect((await runNode(reporter, [taskOf('1')], engine)).json[0]).toMatchObject({ reported: 'applied' });
	});

	it('gives up at the deadline and says what happens to the tasks', async () => {
		receiver([], 500, {});
		const { error } = await runNode(reporter, [taskOf('1', { deadlineMs: 300 })], engine);
		expect(error?.message).toContain('before the deadline');
	});

	it.each([
		[401, 'same “Orchestrator Signing” secret'],
		[404, 'Publish the workflow'],
	])('fails at once when it is answered %i, and says what to do', async (status, action) => {
		receiver([], status, {});
		const { error } = await runNode(reporter, [taskOf('1')], engine);
		expect(error?.message).toContain(String(status));
		expect(error?.description).toContain(action);
		expect(JSON.stringify(error)).not.toContain(SECRET);
	});

	it('does not take a strange 200 for an acknowledgement', async () => {
		receiver([], 200, { hello: 'world' });
		expect((await runNode(reporter, [taskOf('1')], engine)).error?.message).toContain('acknowledgement');
	});

	it('reports a sample to nowhere, and says so', async () => {
		const run = await runNode(reporter, [taskOf('1', { test: true })], engine);
		expect(run.json[0]).toMatchObject({ reported: 'test', message: expect.stringContaining('nothing was sent') });
	});

	it('lets a failure outweigh a success of the same task, and adds up what both used', async () => {
		const seen: Seen[] = [];
		receiver(seen, 200);
		const usage = [{ provider: 'openai', model: 'm', requests: 1, input_tokens: 1, output_tokens: 1 }];
		await runNode(reporter, [{ ...taskOf('1'), usage, error: 'no' }, { ...taskOf('1'), usage }], engine);
		expect(seen[0]?.body.items).toMatchObject([{ task_id: '1', outcome: 'failed', usage: [{}, {}] }]);
	});
});

describe('Content Article', () => {
	const openAi = (content: string) => ({
		model: 'gpt-4o-mini',
		choices: [{ message: { content } }],
		usage: { prompt_tokens: 10, completion_tokens: 20 },
	});
	const gemini = (text: string) => ({
		modelVersion: 'gemini-2.0-flash',
		candidates: [{ content: { parts: [{ text }] } }],
		usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 6 },
	});
	const task = "={{ $('Task Trigger').item.json }}";

	it('assembles an article from the responses of either provider, with what they used', async () => {
		const run = await runNode(
			{
				type: 'contentArticle',
				parameters: { operation: 'assemble', outlineResponse: '={{ $json.outline }}', draftResponse: '={{ $json.draft }}', task },
			},
			[{ ...taskOf('1'), outline: openAi('1. tea'), draft: gemini('# All about tea\n\nTea is good.') }],
			engine,
		);
		expect(run.error).toBeNull();
		expect(run.json[0]).toMatchObject({
			article: { title: 'All about tea', provider: 'gemini', body: 'Tea is good.' },
			usage: [{ provider: 'openai', output_tokens: 20 }, { provider: 'gemini', input_tokens: 5 }],
		});
	});

	it('says what came instead of a response', async () => {
		const { error } = await runNode(
			{
				type: 'contentArticle',
				parameters: { operation: 'assemble', outlineResponse: '={{ $json.outline }}', draftResponse: '={{ $json.draft }}', task },
			},
			[{ ...taskOf('1'), outline: { error: { message: 'quota' } }, draft: {} }],
			engine,
		);
		expect(error?.message).toContain('quota');
	});

	const publish = {
		type: 'contentArticle',
		parameters: { operation: 'publish', article: '={{ $json.article }}', task },
	};
	const completion = (text: string) => ({
		text,
		usage: { provider: 'openai', model: 'm', requests: 1, input_tokens: 1, output_tokens: 1 },
	});
	const article = () =>
		assembleArticle(
			{ topic: 'tea', language: 'en', category: 'drinks', target_keyword: 'tea' },
			completion('1. tea'),
			completion('Tea is good.'),
		);
	const taskIn = (claimed: ClaimedExecution, over: { test?: boolean } = {}) => ({
		...taskOf(claimed.items[0]?.task_id ?? '', {
			...over,
			execution: { id: claimed.executionId, epoch: claimed.epoch },
		}),
		task: {
			id: claimed.items[0]?.task_id ?? '',
			idempotencyKey: claimed.items[0]?.idempotency_key ?? '',
			attempt: 1,
			workflowType: TYPE,
		},
		article: { ...article() },
	});

	it('publishes once per task, however often it runs', async () => {
		const claimed = await startOne(orchestrator);
		const first = await runNode(publish, [taskIn(claimed)], engine);
		expect(first.json[0]).toMatchObject({ published: { outcome: 'published' } });
		const second = await runNode(publish, [taskIn(claimed)], engine);
		expect(second.json[0]).toMatchObject({ published: { outcome: 'already_published' } });
		expect(await database.query('select 1 from content.articles')).toHaveLength(1);
	});

	it('publishes nothing for an execution that was taken away, and nothing for a sample', async () => {
		const claimed = await claimOne(orchestrator);
		expect((await runNode(publish, [taskIn(claimed, { test: true })], engine)).json[0]).toMatchObject({
			published: { outcome: 'test' },
		});
		await orchestrator.executions.abandon(claimed, { message: 'gone' });
		expect((await runNode(publish, [taskIn(claimed)], engine)).json[0]).toMatchObject({
			published: { outcome: 'stale' },
		});
		expect(await database.query('select 1 from content.articles')).toEqual([]);
	});
});
