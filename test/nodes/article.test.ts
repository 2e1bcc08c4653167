import { assembleArticle, type ClaimedExecution, type Orchestrator } from '../../core';
import { claimOne, emptyQueue, openType, startOne, TYPE } from '../postgres/scenario';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { endNodePool, type EngineOptions, runNode } from './engine';
import { taskOf } from './task-item';

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
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

describe('Content Article', () => {
	const task = "={{ $('Task Trigger').item.json }}";
	const call = (provider: string, output_tokens: number) => ({
		provider,
		model: `${provider}-model`,
		requests: 1,
		input_tokens: 5,
		output_tokens,
	});
	const assemble = {
		type: 'contentArticle',
		parameters: {
			operation: 'assemble',
			outline: '={{ $json.outline }}',
			draft: '={{ $json.draft }}',
			usage: '={{ $json.usage }}',
			task,
		},
	};

	it('assembles an article; the model of the last call signs, and what both calls used goes on', async () => {
		const usage = [call('openai', 20), call('gemini', 6)];
		const run = await runNode(
			assemble,
			[{ ...taskOf('1'), outline: '1. tea', draft: '# All about tea\n\nTea is good.', usage }],
			engine,
		);
		expect(run.error).toBeNull();
		expect(run.json[0]).toMatchObject({
			article: { title: 'All about tea', provider: 'gemini', model: 'gemini-model', body: 'Tea is good.' },
			usage,
		});
	});

	it('says what is missing', async () => {
		const { error } = await runNode(
			assemble,
			[{ ...taskOf('1'), outline: '1. tea', usage: [call('openai', 1)] }],
			engine,
		);
		expect(error?.message).toContain('draft');
	});

	const publish = {
		type: 'contentArticle',
		parameters: { operation: 'publish', article: '={{ $json.article }}', task },
	};
	const article = () =>
		assembleArticle(
			{ topic: 'tea', language: 'en', category: 'drinks', target_keyword: 'tea' },
			{ outline: '1. tea', draft: 'Tea is good.', provider: 'openai', model: 'm' },
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
			published: { outcome: 'stale', message: expect.stringContaining('its lease ran out') },
		});
		expect(await database.query('select 1 from content.articles')).toEqual([]);
	});
});
