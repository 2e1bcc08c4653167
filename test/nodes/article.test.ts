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
				parameters: {
					operation: 'assemble',
					outlineResponse: '={{ $json.outline }}',
					draftResponse: '={{ $json.draft }}',
					task,
				},
			},
			[{ ...taskOf('1'), outline: openAi('1. tea'), draft: gemini('# All about tea\n\nTea is good.') }],
			engine,
		);
		expect(run.error).toBeNull();
		expect(run.json[0]).toMatchObject({
			article: { title: 'All about tea', provider: 'gemini', body: 'Tea is good.' },
			usage: [
				{ provider: 'openai', output_tokens: 20 },
				{ provider: 'gemini', input_tokens: 5 },
			],
		});
	});

	it('says what came instead of a response', async () => {
		const { error } = await runNode(
			{
				type: 'contentArticle',
				parameters: {
					operation: 'assemble',
					outlineResponse: '={{ $json.outline }}',
					draftResponse: '={{ $json.draft }}',
					task,
				},
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
