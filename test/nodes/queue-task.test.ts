import type { IDataObject } from 'n8n-workflow';
import type { Orchestrator } from '../../core';
import { emptyQueue, openQueue, startOne, task, taskRow, TYPE } from '../postgres/scenario';
import type { TestDatabase } from '../support/postgres';
import { CANARY } from '../support/secret-cases';
import { endNodePool, type EngineOptions } from './engine';
import { runQueueNode } from './queue-node';

let database: TestDatabase;
let orchestrator: Orchestrator;
let engine: EngineOptions;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue('seo_monitor'));
	engine = { url: database.url };
});
beforeEach(() => emptyQueue(database));
afterAll(async () => {
	await endNodePool(database.url);
	await database.drop();
});

async function enqueued(...topics: string[]): Promise<string[]> {
	const made = await orchestrator.queue.enqueue(topics.map((topic) => task({ input: { topic } })));
	return made.map(({ taskId }) => taskId);
}

const states = async () => await database.query('select state from orchestrator.tasks order by id');

const PARENT_EXECUTION = '0190a7c2-6e1b-4f5e-9c38-7d6a1f2b3c4d';

describe('Enqueue', () => {
	const withOptions = async (options: IDataObject, items?: IDataObject[]) =>
		await runQueueNode(engine, 'task enqueue', { options: options as never }, items ?? [{ topic: 'tea' }]);
	const idOf = (json: IDataObject | undefined) => String((json?.enqueued as IDataObject | undefined)?.taskId);

	it('passes every option on to the task', async () => {
		const [parentTaskId = ''] = await enqueued('parent');
		const { json, error } = await withOptions({
			backoffBaseSeconds: 5,
			backoffCeilingSeconds: 50,
			backoffJitterSeconds: 0,
			context: '{"campaign":"spring"}',
			delayUntil: '2099-01-01T00:00:00Z',
			deliveryRetries: 1,
			expiresAt: '2099-01-02T00:00:00Z',
			idempotencyKey: 'tea-1',
			limitSeconds: 60,
			maxAttempts: 2,
			parentExecutionId: PARENT_EXECUTION,
			parentTaskId,
			successors: '[{"workflowType":"seo_monitor","when":"ended","map":{"title":"$.result.title"}}]',
		});
		expect(error).toBeNull();
		expect(await taskRow(database, idOf(json[0]))).toMatchObject({
			state: 'scheduled',
			idempotency_key: 'tea-1',
			context: { campaign: 'spring' },
			not_before: new Date('2099-01-01T00:00:00Z'),
			expires_at: new Date('2099-01-02T00:00:00Z'),
			parent_task_id: parentTaskId,
			parent_execution_id: PARENT_EXECUTION,
			overrides: {
				backoffBaseSeconds: 5,
				backoffCeilingSeconds: 50,
				backoffJitterSeconds: 0,
				deliveryRetries: 1,
				limitSeconds: 60,
				maxAttempts: 2,
			},
			successors: [{ workflowType: 'seo_monitor', when: 'ended', map: { title: '$.result.title' } }],
		});
	});

	it('folds debounced sends into one task that has the last input', async () => {
		const debounce = { values: { key: 'k', seconds: 60, maxSeconds: 0, keep: 'last' } };
		const { json } = await withOptions({ debounce }, [{ topic: 'first' }, { topic: 'last' }]);
		// All items come at once: the last one of a key makes the task, the others are folded into it.
		expect(json.map((each) => (each.enqueued as IDataObject).created)).toEqual([false, true]);
		expect(new Set(json.map((each) => (each.enqueued as IDataObject).taskId)).size).toBe(1);
		expect(await database.query('select input from orchestrator.tasks')).toEqual([
			{ input: { topic: 'last' } },
		]);
	});

	it.each([
		['the picker’s date without a zone is one of the workflow’s zone', '2099-07-01T12:00:00', 12 + 4],
		['a date with a blank too, in winter', '2099-01-01 12:00:00', 12 + 5],
		['a date with a zone is that instant', '2099-07-01T12:00:00+02:00', 10],
		[
			'$now of an expression is that instant',
			'={{ $now.set({ year: 2099 }).startOf("year").setZone("utc") }}',
			5,
		],
	])('%s', async (_case, delayUntil, hourUtc) => {
		const { json, error } = await withOptions({ delayUntil });
		expect(error).toBeNull();
		const row = await taskRow(database, idOf(json[0]));
		expect((row.not_before as Date).getUTCHours()).toBe(hourUtc);
	});

	it('refuses a delay in seconds together with one until a date, and a date that is none', async () => {
		const both = await withOptions({ delaySeconds: 5, delayUntil: '2099-01-01T00:00:00' });
		expect(both.error?.message).toContain('“Delay in Seconds” (5) and “Delay Until” (2099-01-01T00:00:00)');
		expect(both.error?.description).toContain('Remove one');
		const none = await withOptions({ expiresAt: 'soon' });
		expect(none.error?.message).toBe('“soon” is no date.');
		expect(await states()).toEqual([]);
	});

	it.each(['idempotencyKey', 'parentTaskId', 'delayUntil', 'expiresAt'])(
		'refuses %s whose expression finds nothing, instead of doing without it',
		async (option) => {
			const { error } = await withOptions({ [option]: '={{ $json.missing }}' });
			expect(error?.message).toContain(`options.${option}: is empty: fill it in, or remove it`);
			expect(await states()).toEqual([]);
		},
	);

	it('names what is wrong with successors', async () => {
		const { error } = await withOptions({ successors: '[{"workflowType":"seo_monitor","wen":"ended"}]' });
		expect(error?.message).toContain('options.successors.0');
		expect(error?.message).toContain('wen');
	});

	it('settles the good items and returns the failed ones on their own, where the node goes on after errors', async () => {
		const { json, outputs } = await runQueueNode(
			engine,
			'task enqueue',
			{ workflowType: '={{ $json.type }}', options: { maxAttempts: '={{ $json.attempts }}' } },
			[
				{ type: TYPE, attempts: 3 },
				{ type: 'no_such_type', attempts: 3 },
				{ type: TYPE, attempts: 3000 },
				{ type: TYPE, attempts: 4 },
			],
			'continueRegularOutput',
		);
		expect(outputs[0]?.map((item) => item.pairedItem)).toEqual([0, 1, 2, 3].map((item) => ({ item })));
		expect(json.map((each) => each.error ?? 'enqueued')).toEqual([
			'enqueued',
			expect.stringContaining('no_such_type'),
			expect.stringContaining('maxAttempts must be an integer from 1 to 100, got 3000'),
			'enqueued',
		]);
		expect(await states()).toHaveLength(2);
	});
});

describe('Enqueue of many items', () => {
	const many = (count: number) => Array.from({ length: count }, (_, n) => ({ type: TYPE, n }));
	const enqueueThem = (items: IDataObject[], onError?: 'continueRegularOutput') =>
		runQueueNode(engine, 'task enqueue', { workflowType: '={{ $json.type }}' }, items, onError);
	const commits = async () =>
		(await database.query('select count(distinct created_at)::int as commits from orchestrator.tasks'))[0]
			?.commits;

	it('is one statement, and each item gets its own task', async () => {
		const { json, outputs } = await enqueueThem(many(2000));
		expect(json.map(({ n }) => n)).toEqual(many(2000).map(({ n }) => n));
		expect(outputs[0]?.map((item) => item.pairedItem)).toEqual(many(2000).map((_, item) => ({ item })));
		const rows = await database.query(
			`select id::text as id, (input ->> 'n')::int as n from orchestrator.tasks t order by t.id`,
		);
		expect(json.map(({ enqueued }) => (enqueued as IDataObject).taskId)).toEqual(rows.map(({ id }) => id));
		expect(rows.map(({ n }) => n)).toEqual(many(2000).map(({ n }) => n));
		expect(await commits()).toBe(1);
	});

	it('stores none of them when one is wrong, and names that one', async () => {
		const items = many(300);
		items[217] = { type: 'no_such_type', n: 217 };
		const { error } = await enqueueThem(items);
		expect(error).toMatchObject({ itemIndex: 217, message: expect.stringContaining('no_such_type') });
		expect(await states()).toEqual([]);
	});

	it('stores all but the wrong ones, once each, where the node goes on after errors', async () => {
		const items = many(300);
		for (const n of [0, 100, 101, 299]) items[n] = { type: 'no_such_type', n };
		const { json } = await enqueueThem(items, 'continueRegularOutput');
		expect(json.map(({ n }) => n)).toEqual(items.map(({ n }) => n));
		expect(json.flatMap(({ error, n }) => (error === undefined ? [] : [n]))).toEqual([0, 100, 101, 299]);
		const stored = await database.query(
			`select (input ->> 'n')::int as n from orchestrator.tasks t order by t.id`,
		);
		expect(stored.map(({ n }) => n)).toEqual(
			json.flatMap(({ error, n }) => (error === undefined ? [n] : [])),
		);
	});

	it('of more bytes than one call takes are as many calls as it needs', async () => {
		const large = Array.from({ length: 180 }, (_, n) => ({ type: TYPE, n, text: 'x'.repeat(200_000) }));
		const { json } = await enqueueThem(large);
		expect(json).toHaveLength(180);
		expect(await database.query('select count(*)::int as count from orchestrator.tasks')).toEqual([
			{ count: 180 },
		]);
		expect(await commits()).toBe(2);
	}, 60_000);

	it('of more than one call of the library takes, every 10,000 are one', async () => {
		const { json } = await enqueueThem(many(10_001));
		expect(json).toHaveLength(10_001);
		expect(await database.query('select count(*)::int as count from orchestrator.tasks')).toEqual([
			{ count: 10_001 },
		]);
		expect(await commits()).toBe(2);
	}, 60_000);
});

describe('List and Peek', () => {
	it('List gives one item a task, filtered, the page after an ID', async () => {
		const ids = await enqueued('tea', 'coffee', 'cocoa');
		const all = await runQueueNode(engine, 'task list', { limit: 50, filters: {} });
		expect(all.json.map(({ taskId, state }) => [taskId, state])).toEqual(ids.map((id) => [id, 'queued']));
		const page = await runQueueNode(engine, 'task list', {
			limit: 1,
			filters: { afterTaskId: ids[0] ?? '', states: ['queued'], workflowType: TYPE },
		});
		expect(page.json.map(({ taskId }) => taskId)).toEqual([ids[1]]);
		expect(page.outputs[0]?.[0]?.pairedItem).toEqual({ item: 0 });
		const dead = await runQueueNode(engine, 'task list', { limit: 50, filters: { states: ['dead'] } });
		expect(dead.json).toEqual([]);
	});

	it('List names a parent execution that is none, with its value', async () => {
		const { error } = await runQueueNode(engine, 'task list', { filters: { parentExecutionId: '4711' } });
		expect(error?.message).toContain(
			'filters.parentExecutionId: “4711” is no execution ID: a UUID is expected',
		);
	});

	it('Peek shows who comes next with the score, and takes nothing', async () => {
		const [low, high] = await orchestrator.queue.enqueue([task({ priority: 2 }), task({ priority: 9 })]);
		const { json } = await runQueueNode(engine, 'task peek', { limit: 10, filters: {} });
		expect(json.map(({ taskId }) => taskId)).toEqual([high?.taskId, low?.taskId]);
		expect(json[0]?.score).toBeGreaterThanOrEqual(90);
		expect(await states()).toEqual([{ state: 'queued' }, { state: 'queued' }]);
	});
});

describe('Explain and Inspect', () => {
	it('Explain adds to the item what holds its task', async () => {
		const [taskId = ''] = await enqueued('tea');
		await orchestrator.queue.pause({ workflowType: TYPE }, { actor: 'Ann', reason: 'provider is down' });
		const held = await runQueueNode(engine, 'task explain', { taskId: '={{ $json.taskId }}' }, [
			{ taskId, mine: 1 },
		]);
		await orchestrator.queue.resume({ workflowType: TYPE }, { actor: 'Ann' });
		expect(held.json[0]).toMatchObject({
			mine: 1,
			explanation: {
				verdict: 'held',
				summary: expect.stringContaining('paused by Ann'),
				gates: [{ gate: 'paused' }],
			},
		});
		const free = await runQueueNode(engine, 'task explain', { taskId });
		expect(free.json[0]).toMatchObject({
			explanation: { verdict: 'claimable', earliestStart: expect.any(String) },
		});
	});

	it.each(['task explain', 'task inspect', 'deadLetter inspect'] as const)(
		'%s says that there is no such task, and that an ID is none',
		async (action) => {
			const missing = await runQueueNode(engine, action, { taskId: 987654 });
			expect(missing.error?.message).toBe('There is no task 987654.');
			const wrong = await runQueueNode(engine, action, { taskId: '={{ $json.missing }}' });
			expect(wrong.error?.message).toContain('taskId: is empty: name a task');
			const text = await runQueueNode(engine, action, { taskId: 'tea' });
			expect(text.error?.message).toContain('“tea” is no task ID: a whole number is expected');
		},
	);

	it('shows no secret that a task was given, or that an error carried', async () => {
		await startOne(orchestrator, { input: { topic: 'tea', apiKey: CANARY, note: `Bearer ${CANARY}` } });
		const [row] = await database.query('select id::text from orchestrator.tasks');
		const taskId = String(row?.id);
		const shown = await Promise.all([
			runQueueNode(engine, 'task list', { limit: 5, filters: {} }),
			runQueueNode(engine, 'task inspect', { taskId }),
		]);
		await database.query(`update orchestrator.tasks set input = '{}'`);
		for (const { json } of shown) {
			expect(JSON.stringify(json)).toContain('tea');
			expect(JSON.stringify(json)).not.toContain(CANARY);
		}
		const wrong = await runQueueNode(engine, 'task explain', { taskId: `Bearer ${CANARY}` });
		expect(JSON.stringify(wrong.error)).not.toContain(CANARY);
	});
});

describe('Cancel', () => {
	it('ends the named tasks, one item each, and logs which workflow and execution wanted it', async () => {
		const [first = '', second = ''] = await enqueued('tea', 'coffee', 'cocoa');
		const { json } = await runQueueNode(engine, 'task cancel', {
			taskIds: `${first}, ${second}, 987654`,
			reason: 'wrong input',
			dryRun: false,
		});
		expect(json.map(({ taskId, outcome, was }) => [taskId, outcome, was])).toEqual([
			[first, 'cancelled', 'queued'],
			[second, 'cancelled', 'queued'],
			['987654', 'unknown', undefined],
		]);
		expect((await states()).map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'queued']);
		const log = await database.query(
			`select actor, context from orchestrator.state_transitions where to_state = 'cancelled' limit 1`,
		);
		expect(log).toEqual([
			{
				actor: 'cancel:Workflow wf (n8n execution 4711)',
				context: expect.objectContaining({ reason: 'wrong input' }),
			},
		]);
		const again = await runQueueNode(engine, 'task cancel', {
			taskIds: first,
			reason: 'again',
			dryRun: false,
		});
		expect(again.json[0]).toMatchObject({ outcome: 'already_ended', was: 'cancelled' });
	});

	it('names the n8n execution that may still work', async () => {
		const execution = await startOne(orchestrator);
		const taskIds = execution.items.map(({ task_id }) => task_id);
		const { json } = await runQueueNode(
			engine,
			'task cancel',
			{
				taskIds: '={{ $json.ids }}',
				reason: 'wrong input',
				dryRun: false,
			},
			[{ ids: taskIds }],
		);
		expect(json[0]).toMatchObject({
			outcome: 'cancelled',
			execution: { ended: true, n8nExecutionId: '77' },
			message: expect.stringContaining('n8n execution 77 may still run'),
		});
	});

	it('Cancel Many only shows what it would do, until it is told otherwise', async () => {
		await enqueued('tea', 'coffee');
		const preset = { filters: { workflowType: TYPE }, reason: 'season is over', limit: 1000 };
		const part = await runQueueNode(engine, 'task cancelMany', { ...preset, limit: 1 });
		expect(part.json).toMatchObject([{ matching: 2 }]);
		expect(part.json[0]?.message).toContain(
			'1 of the 2 tasks that match the filters were taken: run it again',
		);
		const shown = await runQueueNode(engine, 'task cancelMany', preset);
		expect(shown.json.map(({ outcome }) => outcome)).toEqual(['would_cancel', 'would_cancel']);
		expect(shown.json[0]?.message).toContain('switch “Dry Run” off');
		expect(await states()).toEqual([{ state: 'queued' }, { state: 'queued' }]);
		const done = await runQueueNode(engine, 'task cancelMany', { ...preset, dryRun: false });
		expect(done.json.map(({ outcome }) => outcome)).toEqual(['cancelled', 'cancelled']);
	});

	it('cancels nothing without a filter or a reason', async () => {
		await enqueued('tea');
		const bare = await runQueueNode(engine, 'task cancelMany', { filters: {}, reason: 'all', dryRun: false });
		expect(bare.error?.message).toContain('an empty filter would cancel everything');
		const found = await runQueueNode(engine, 'task cancelMany', {
			filters: { workflowType: '={{ $json.missing }}', states: ['queued'] },
			reason: 'all',
			dryRun: false,
		});
		expect(found.error?.message).toContain('filters.workflowType: is empty: fill it in, or remove it');
		const silent = await runQueueNode(engine, 'task cancelMany', {
			filters: { workflowType: TYPE },
			reason: ' ',
			dryRun: false,
		});
		expect(silent.error?.message).toContain('reason: is empty: say why');
		expect(await states()).toEqual([{ state: 'queued' }]);
	});
});
