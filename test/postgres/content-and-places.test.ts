import type { ArticleDraft, Orchestrator } from '../../core';
import { UnknownWorkflowTypeError } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { emptyQueue, expireLease, letWaitingPass, openQueue, reclaim, startOne, TYPE } from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const article: ArticleDraft = {
	title: 'Tea',
	language: 'en',
	category: 'food',
	targetKeyword: 'green tea',
	outline: '# Outline',
	body: 'Tea is …',
	wordCount: 3,
	qualityScore: 40,
	provider: 'openai',
	model: 'gpt-4o-mini',
};
const refOf = (execution: {
	executionId: string;
	epoch: number;
	items: { task_id: string; idempotency_key: string }[];
}) => ({
	executionId: execution.executionId,
	epoch: execution.epoch,
	taskId: execution.items[0]!.task_id,
	idempotencyKey: execution.items[0]!.idempotency_key,
});

describe('publishing', () => {
	test('an article once, also when asked again or by several at once', async () => {
		const ref = refOf(await startOne(orchestrator));
		const answers = await Promise.all(
			[orchestrator, database.orchestrator()].map((each) => each.content.publish(ref, article)),
		);
		expect(answers.map((each) => each.outcome).sort()).toEqual(['already_published', 'published']);
		expect(new Set(answers.map((each) => each.articleId)).size).toBe(1);
		expect(await database.query('select title from content.articles')).toEqual([{ title: 'Tea' }]);
	});

	test('a second attempt of the task in a later epoch finds the article of the first', async () => {
		const first = await startOne(orchestrator);
		await orchestrator.content.publish(refOf(first), article);
		await expireLease(database, first.executionId);
		await orchestrator.runs.recover();
		await letWaitingPass(database);
		const second = await reclaim(orchestrator);
		expect(
			await orchestrator.content.publish(refOf(second), { ...article, title: 'Tea again' }),
		).toMatchObject({ outcome: 'already_published' });
		expect(await database.query('select title, epoch from content.articles')).toEqual([
			{ title: 'Tea', epoch: 1 },
		]);
	});

	test('a zombie of an expired execution publishes nothing', async () => {
		const execution = await startOne(orchestrator);
		await expireLease(database, execution.executionId);
		await orchestrator.runs.recover();
		expect(await orchestrator.content.publish(refOf(execution), article)).toEqual({
			outcome: 'stale',
			articleId: null,
		});
		expect(await database.query('select 1 from content.articles')).toEqual([]);
	});

	test('a publication that meets an expiry waits for it and then publishes nothing', async () => {
		const execution = await startOne(orchestrator);
		await expireLease(database, execution.executionId);
		const recovering = await database.client();
		await recovering.query('begin');
		await recovering.query('select orchestrator.recover_expired()');
		const publication = orchestrator.content.publish(refOf(execution), article);
		await someoneWaits();
		await recovering.query('commit');
		expect(await publication).toEqual({ outcome: 'stale', articleId: null });
		expect(await database.query('select 1 from content.articles')).toEqual([]);
	});

	test('an expiry that meets a publication leaves the execution to it', async () => {
		const execution = await startOne(orchestrator);
		await expireLease(database, execution.executionId);
		const { executionId, epoch, taskId, idempotencyKey } = refOf(execution);
		const publishing = await database.client();
		await publishing.query('begin');
		await publishing.query('select orchestrator.publish_article($1, $2, $3, $4, $5)', [
			executionId,
			epoch,
			taskId,
			idempotencyKey,
			JSON.stringify(article),
		]);
		expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 0 });
		await publishing.query('commit');
		expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1 });
	});

	test('a wrong epoch or a key of another task publishes nothing', async () => {
		const ref = refOf(await startOne(orchestrator));
		expect(await orchestrator.content.publish({ ...ref, epoch: ref.epoch + 1 }, article)).toMatchObject({
			outcome: 'stale',
		});
		expect(await orchestrator.content.publish({ ...ref, idempotencyKey: 'other' }, article)).toMatchObject({
			outcome: 'stale',
		});
	});
});

describe('endpoints', () => {
	const place = { deployment: 'blue', kind: 'task' as const, workflowType: TYPE };

	test('a test address never changes the production one', async () => {
		await orchestrator.endpoints.register({ ...place, url: 'http://host/webhook/x', test: false });
		await orchestrator.endpoints.register({ ...place, url: 'http://host/webhook-test/x', test: true });
		expect(await orchestrator.endpoints.find({ ...place, test: false })).toBe('http://host/webhook/x');
		await orchestrator.endpoints.unregister({ ...place, url: 'http://host/webhook-test/x', test: true });
		expect(await orchestrator.endpoints.find({ ...place, test: true })).toBeNull();
		expect(await orchestrator.endpoints.find({ ...place, test: false })).toBe('http://host/webhook/x');
	});

	test('an instance that leaves late does not remove the address of its successor', async () => {
		await orchestrator.endpoints.register({ ...place, url: 'http://old/x', test: false });
		await orchestrator.endpoints.register({ ...place, url: 'http://new/x', test: false });
		await orchestrator.endpoints.unregister({ ...place, url: 'http://old/x', test: false });
		expect(await orchestrator.endpoints.find({ ...place, test: false })).toBe('http://new/x');
	});

	test('a disabled address is nobody until it announces itself again', async () => {
		await orchestrator.endpoints.register({ ...place, url: 'http://new/x', test: false });
		await orchestrator.endpoints.disable('http://new/x', '410 Gone');
		expect(await orchestrator.endpoints.find({ ...place, test: false })).toBeNull();
		await orchestrator.endpoints.register({ ...place, url: 'http://new/x', test: false });
		expect(await orchestrator.endpoints.find({ ...place, test: false })).toBe('http://new/x');
	});

	test('an unknown type is refused with the known ones', async () => {
		const failure = orchestrator.endpoints.register({
			...place,
			workflowType: 'brewing',
			url: 'http://host/x',
			test: false,
		});
		await expect(failure).rejects.toThrow(UnknownWorkflowTypeError);
		await expect(failure).rejects.toThrow('known: content_pipeline');
	});
});

describe('models', () => {
	test('a new base address reaches the next snapshot and keeps the rest', async () => {
		const changed = await orchestrator.models.set({
			provider: 'openai',
			baseUrl: 'http://127.0.0.1:9999/v1',
		});
		expect(changed).toMatchObject({
			model: 'gpt-4o-mini',
			baseUrl: 'http://127.0.0.1:9999/v1',
			requestsPerMinute: 50,
			inputUsdPerMtok: 0.15,
		});
		expect((await orchestrator.resources.snapshot()).models[1]).toMatchObject({
			provider: 'openai',
			base_url: 'http://127.0.0.1:9999/v1',
		});
	});

	test('another model takes the place of the enabled one without its prices, and the way back keeps them', async () => {
		expect(await orchestrator.models.set({ provider: 'openai', model: 'gpt-5-mini' })).toMatchObject({
			inputUsdPerMtok: null,
			enabled: true,
		});
		expect(
			(await orchestrator.models.list()).filter((each) => each.provider === 'openai' && each.enabled),
		).toHaveLength(1);
		expect(await orchestrator.models.set({ provider: 'openai', model: 'gpt-4o-mini' })).toMatchObject({
			inputUsdPerMtok: 0.15,
			enabled: true,
		});
	});

	test('a disabled provider is not offered to executions', async () => {
		await orchestrator.models.set({ provider: 'gemini', enabled: false });
		expect((await orchestrator.resources.snapshot()).models.map((each) => each.provider)).toEqual(['openai']);
		await orchestrator.models.set({ provider: 'gemini', enabled: true });
	});
});

test('get_system_health is healthy at rest and degraded with a dead task', async () => {
	expect(
		(await database.query('select orchestrator.get_system_health() as health'))[0]?.health,
	).toMatchObject({ status: 'healthy' });
	const execution = await startOne(orchestrator);
	await database.query('update orchestrator.tasks set attempts = 4');
	await orchestrator.executions.abandon(execution, { message: 'no' });
	expect(
		(await database.query('select orchestrator.get_system_health() as health'))[0]?.health,
	).toMatchObject({ status: 'degraded', dead_tasks: 1 });
});

/** Waits until a session of this database waits for a lock. */
async function someoneWaits(): Promise<void> {
	for (let tries = 0; tries < 5000; tries++) {
		const rows = await database.query(
			`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
		);
		if (rows.length > 0) return;
	}
	throw new Error('nobody waits for a lock');
}
