import {
	InvalidInputError,
	type JsonObject,
	MAX_INPUT_BYTES,
	type NewTask,
	type Orchestrator,
	PayloadTooLargeError,
	UnknownWorkflowTypeError,
} from '../../core';
import type { TestDatabase } from '../support/postgres';
import { CANARY } from '../support/secret-cases';
import {
	blocked,
	bury,
	emptyQueue,
	openQueue,
	planFor,
	report,
	startOne,
	succeeded,
	task,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const countTasks = async () => (await database.query('select 1 from orchestrator.tasks')).length;

test('answers in the order of its input, with ids that rise in that order', async () => {
	const answers = await orchestrator.queue.enqueue(
		['c', 'a', 'b'].map((key) => task({ idempotencyKey: key })),
	);
	expect(answers.map((each) => each.idempotencyKey)).toEqual(['c', 'a', 'b']);
	const ids = answers.map((each) => Number(each.taskId));
	expect(ids).toEqual([...ids].sort((a, b) => a - b));
});

test('the same key is the same task, left as it was', async () => {
	const [first] = await orchestrator.queue.enqueue([task({ idempotencyKey: 'tea', priority: 3 })]);
	const [again] = await orchestrator.queue.enqueue([task({ idempotencyKey: 'tea', priority: 9 })]);
	expect(again).toEqual({
		taskId: first?.taskId,
		idempotencyKey: 'tea',
		created: false,
		existingState: 'queued',
	});
	expect(await database.query('select priority from orchestrator.tasks')).toEqual([{ priority: 3 }]);
});

test('duplicates inside one batch are one task: the first', async () => {
	const answers = await orchestrator.queue.enqueue([
		task({ idempotencyKey: 'tea', input: { n: 1 } }),
		task({ idempotencyKey: 'coffee' }),
		task({ idempotencyKey: 'tea', input: { n: 2 } }),
	]);
	expect(answers.map((each) => each.created)).toEqual([true, true, false]);
	expect(answers[2]?.taskId).toBe(answers[0]?.taskId);
	expect(await database.query(`select input from orchestrator.tasks where idempotency_key = 'tea'`)).toEqual([
		{ input: { n: 1 } },
	]);
});

test('the same keys enqueued by several at once, in any order, become one task each', async () => {
	const keys = Array.from({ length: 50 }, (_, n) => `key-${n}`);
	const batches = [keys, [...keys].reverse(), keys, [...keys].reverse()];
	const answers = await Promise.all(
		batches.map((each) =>
			database.orchestrator().queue.enqueue(each.map((key) => task({ idempotencyKey: key }))),
		),
	);
	expect(await countTasks()).toBe(50);
	const all = answers.flat();
	expect(all.filter((each) => each.created)).toHaveLength(50);
	for (const key of keys)
		expect(new Set(all.filter((each) => each.idempotencyKey === key).map((each) => each.taskId)).size).toBe(
			1,
		);
});

test.each([
	['commits', [true, false, true]],
	['rolls back', [true, true, true]],
])('a key that another transaction is just taking is waited for: that one %s', async (how, created) => {
	const other = await database.client();
	const taken = JSON.stringify([task({ idempotencyKey: 'b' })]);
	await other.query('begin');
	const { rows } = await other.query<{ task_id: string }>('select * from orchestrator.enqueue_tasks($1)', [
		taken,
	]);
	const waiting = orchestrator.queue.enqueue(['a', 'b', 'c'].map((key) => task({ idempotencyKey: key })));
	await blocked(database, 1);
	await other.query(how === 'commits' ? 'commit' : 'rollback');
	const answers = await waiting;
	expect(answers.map((each) => each.created)).toEqual(created);
	expect(answers[1]?.taskId === rows[0]?.task_id).toBe(how === 'commits');
	expect(await countTasks()).toBe(3);
	expect(await database.query('select task_id from orchestrator.idempotency_keys order by 1')).toEqual(
		answers.map((each) => ({ task_id: each.taskId })).sort((a, b) => Number(a.task_id) - Number(b.task_id)),
	);
});

test('a key stays taken after its task has ended', async () => {
	const execution = await startOne(orchestrator, { idempotencyKey: 'once' });
	await report(orchestrator, execution, [succeeded(execution.items[0]!.task_id)]);
	expect(await orchestrator.queue.enqueue([task({ idempotencyKey: 'once' })])).toMatchObject([
		{ created: false, existingState: 'succeeded' },
	]);
});

test('whoever sends a key again is told that its task is dead, cancelled or no longer kept', async () => {
	const send = async (key: string) =>
		(await orchestrator.queue.enqueue([task({ idempotencyKey: key }), task({ idempotencyKey: key })])).map(
			(each) => each.existingState,
		);
	await bury(orchestrator, { idempotencyKey: 'dead' });
	const [unwanted] = await orchestrator.queue.enqueue([task({ idempotencyKey: 'cancelled' })]);
	await orchestrator.queue.cancel({ taskIds: [unwanted!.taskId] }, { actor: 'test', reason: 'unwanted' });
	expect(await send('dead')).toEqual(['dead', 'dead']);
	expect(await send('cancelled')).toEqual(['cancelled', 'cancelled']);
	expect(await send('new')).toEqual([null, 'queued']);
	await database.query(`delete from orchestrator.tasks where state = 'cancelled'`);
	expect(await send('cancelled')).toEqual([null, null]);
});

test('one bad task in a batch stores nothing of it', async () => {
	const batch = [task(), task({ workflowType: 'brewing' })];
	const failure = orchestrator.queue.enqueue(batch);
	await expect(failure).rejects.toThrow(UnknownWorkflowTypeError);
	await expect(failure).rejects.toThrow('task 2: unknown workflow type "brewing"; known: content_pipeline');
	expect(await countTasks()).toBe(0);
	expect(await database.query('select 1 from orchestrator.idempotency_keys')).toEqual([]);
});

test('an input over the bound is refused with its size and the bound, one at the bound is stored', async () => {
	const inputOf = (bytes: number) => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
	const failure = orchestrator.queue.enqueue([task(), task({ input: inputOf(MAX_INPUT_BYTES + 1) })]);
	await expect(failure).rejects.toThrow(PayloadTooLargeError);
	await expect(failure).rejects.toThrow('Task 2: the input has 262145 bytes, at most 262144 are allowed.');
	expect(await countTasks()).toBe(0);
	await orchestrator.queue.enqueue([task({ input: inputOf(MAX_INPUT_BYTES) })]);
	expect(await countTasks()).toBe(1);
});

const nested = (levels: number) =>
	JSON.parse(
		`${'{"a":'.repeat(levels)}"apiKey=sk-abcdefghijklmnopqrstuvwxyz"${'}'.repeat(levels)}`,
	) as JsonObject;

const OVERSIZE: [string, Partial<NewTask>, string][] = [
	['context', { context: { text: 'x'.repeat(60_000) } }, 'the context has 60012 bytes, at most 32768'],
	[
		'successors',
		{ successors: [{ workflowType: TYPE, input: { text: 'x'.repeat(400_000) } }] },
		'the successors have 400',
	],
	[
		'successors of successors',
		{
			successors: [
				{ workflowType: TYPE, successors: [{ workflowType: TYPE, input: { text: 'x'.repeat(400_000) } }] },
			],
		},
		'the successors have 400',
	],
	['input nested too deep', { input: nested(65) }, 'it is nested deeper than 64 levels'],
	['context nested too deep', { context: nested(65) }, 'it is nested deeper than 64 levels'],
];
test.each(OVERSIZE)('%s over its bound is refused by library and database', async (_, more, message) => {
	const bad = task(more);
	await expect(orchestrator.queue.enqueue([bad])).rejects.toThrow(/are allowed|nested deeper than 64/);
	await expect(
		database.query(`select orchestrator.enqueue_tasks($1)`, [JSON.stringify([bad])]),
	).rejects.toThrow(`task 1: ${message}`);
	expect(await countTasks()).toBe(0);
});

test('an input at the bound of depth fails, dies and is recorded like any other', async () => {
	const execution = await startOne(orchestrator, {
		input: nested(64),
		context: nested(64),
		overrides: { maxAttempts: 1 },
	});
	await orchestrator.executions.abandon(execution, { message: 'gone' });
	expect(await orchestrator.queue.list()).toMatchObject([{ state: 'dead' }]);
	expect(JSON.stringify(await orchestrator.queue.inspect(execution.items[0]!.task_id))).toContain('gone');
});

test('the database holds the bound too, for those who come without this package', async () => {
	const big = JSON.stringify({ text: 'x'.repeat(400_000) });
	await expect(
		database.query(`select orchestrator.enqueue_workflow_task('content_pipeline', $1)`, [big]),
	).rejects.toMatchObject({ code: 'OR004' });
	await expect(
		database.query(`select orchestrator.enqueue_workflow_task('content_pipeline', '{}', 11)`),
	).rejects.toMatchObject({ code: 'OR005' });
	expect(await countTasks()).toBe(0);
});

test('a key may have 512 characters, however many bytes they take', async () => {
	const [longest] = await orchestrator.queue.enqueue([task({ idempotencyKey: 'ü'.repeat(512) })]);
	expect(longest).toMatchObject({ created: true });
	await expect(orchestrator.queue.enqueue([task({ idempotencyKey: 'ü'.repeat(513) })])).rejects.toThrow(
		'idempotencyKey must have at most 512 characters, got 513',
	);
});

test.each([
	['a key of 513 characters in tasks', `update orchestrator.tasks set idempotency_key = repeat('ü', 513)`],
	['an empty key in tasks', `update orchestrator.tasks set idempotency_key = ''`],
	[
		'a key of 513 characters among the keys',
		`update orchestrator.idempotency_keys set idempotency_key = repeat('ü', 513)`,
	],
	['an empty key among the keys', `update orchestrator.idempotency_keys set idempotency_key = ''`],
	[
		'an input of 600 kB',
		`update orchestrator.tasks set input = jsonb_build_object('a', repeat('x', 600000))`,
	],
	[
		'an input that is small only as numbers that no double holds',
		`update orchestrator.tasks set input = jsonb_build_object('a', array_fill('1e131071'::numeric, array[100]))`,
	],
	['an input that is a list', `update orchestrator.tasks set input = '[1]'`],
])('the tables themselves refuse %s', async (_case, sql) => {
	await orchestrator.queue.enqueue([task({ idempotencyKey: 'tea' })]);
	await expect(database.query(sql)).rejects.toMatchObject({ code: '23514' });
});

const LONG = 'x'.repeat(600);
test.each([
	['an input that is a list', { input: ['tea'] }, 'input must be a JSON object, got ["tea"]'],
	['no input', { input: null }, 'input must be a JSON object, got nothing'],
	['a secret as input', { input: `sk-${CANARY}` }, 'input must be a JSON object, got "***"'],
	['a context that is a text', { context: 'tea' }, 'context must be a JSON object, got "tea"'],
	[
		'too long a key',
		{ idempotencyKey: LONG },
		`idempotencyKey must have at most 512 characters, got 600: "${LONG.slice(0, 79)}…`,
	],
	[
		'a time that is none',
		{ notBefore: 'soon' },
		'notBefore must be a time such as 2026-12-24T18:00:00Z, got "soon"',
	],
	[
		'a parent that is none',
		{ parentExecutionId: '42' },
		'parentExecutionId must be the id of an execution, a UUID, got "42"',
	],
	[
		'a debounce key that is empty',
		{ debounce: { key: '', seconds: 1 } },
		'debounce.key must have 1 to 512 characters, got ""',
	],
	[
		'one successor',
		{ successors: { workflowType: TYPE } },
		'successors must be an array of at most 20, got {"workflow',
	],
	['a successor that is a text', { successors: ['seo'] }, 'successor 1 must be a JSON object, got "seo"'],
	['too high a priority', { priority: 11 }, 'priority must be an integer from 1 to 10, got 11'],
])('%s is refused from psql too, with the value and what was expected', async (_case, wrong, message) => {
	const tasks = JSON.stringify([{ workflowType: TYPE, input: {}, ...wrong }]);
	await expect(database.query('select orchestrator.enqueue_tasks($1)', [tasks])).rejects.toThrow(
		`task 1: ${message}`,
	);
});

test('what the database refuses says which field to correct', async () => {
	const debounce = { key: 'k', seconds: 0 };
	await expect(orchestrator.queue.enqueue([task({ debounce })])).rejects.toMatchObject({
		message: 'task 1: debounce.seconds must be a number up to 86400, got 0.',
		action: 'Give “debounce.seconds” a value as the message expects it; nothing was changed.',
	});
});

test.each([0, 11, 2.5, Number.NaN])('priority %p is refused', async (priority) => {
	await expect(orchestrator.queue.enqueue([task({ priority })])).rejects.toThrow(InvalidInputError);
});

test.each([
	[
		'enqueue_tasks',
		() => [`select orchestrator.enqueue_tasks($1)`, JSON.stringify([task({ idempotencyKey: '' })])],
	],
	[
		'enqueue_workflow_task',
		() => [`select orchestrator.enqueue_workflow_task($1, '{}', p_idempotency_key => '')`, TYPE],
	],
])('an empty key is refused by %s in psql: it would be no key', async (_, call) => {
	const [sql = '', value] = call();
	await expect(database.query(sql, [value])).rejects.toMatchObject({
		code: 'OR005',
		message: 'task 1: the idempotency key is empty: leave it out for a random one',
	});
	expect(await countTasks()).toBe(0);
});

const MISSPELT: [Record<string, unknown>, string][] = [
	[
		{ idempotency_key: 'a' },
		'idempotency_key is unknown; known: workflowType, input, priority, idempotencyKey',
	],
	[{ notbefore: '2099-01-01' }, 'notbefore is unknown'],
	[
		{ debounce: { key: 'a', seconds: 5, maxseconds: 9 } },
		'debounce.maxseconds is unknown; known: key, seconds',
	],
	[
		{ debounce: { key: 'a', seconds: 5, maxSeconds: '9' } },
		'debounce.maxSeconds must be a number up to 864000, got 9',
	],
	[
		{ debounce: { key: 'a', seconds: 5, maxSeconds: 1e300 } },
		'debounce.maxSeconds must be a number up to 864000, got 1000',
	],
	[
		{ successors: [{ workflowType: TYPE, conditon: '$.x' }] },
		'successor 1: conditon is unknown; known: workflowType, when',
	],
	[{ successors: [{ workflowType: TYPE, notBefore: '2099-01-01' }] }, 'successor 1: notBefore is unknown'],
	[
		{ successors: [{ workflowType: TYPE, successors: [{ workflowType: TYPE, wen: 'dead' }] }] },
		'successor 1: successor 1: wen is unknown',
	],
];
test.each(MISSPELT)('a task with %j is refused: it would silently not count', async (more, message) => {
	const tasks = [task(), { ...task(), ...more }];
	await expect(
		database.query(`select orchestrator.enqueue_tasks($1)`, [JSON.stringify(tasks)]),
	).rejects.toMatchObject({
		code: 'OR005',
		message: expect.stringContaining(`task 2: ${message}`),
	});
	await expect(orchestrator.queue.enqueue(tasks)).rejects.toThrow(InvalidInputError);
	expect(await orchestrator.queue.faults(tasks)).toMatchObject([{ position: 2 }]);
	expect(await countTasks()).toBe(0);
});

test('a date that is none is refused, not read as now', async () => {
	for (const field of ['notBefore', 'expiresAt']) {
		await expect(orchestrator.queue.enqueue([task({ [field]: new Date('soon') })])).rejects.toThrow(
			`${field} is not a date`,
		);
	}
});

test('a character that Postgres cannot store is named', async () => {
	await expect(orchestrator.queue.enqueue([task({ input: { text: 'a\u0000b' } })])).rejects.toThrow(
		/\\u0000/,
	);
});

test('no task is an answer of no task, more than 10,000 are refused', async () => {
	expect(await orchestrator.queue.enqueue([])).toEqual([]);
	await expect(orchestrator.queue.enqueue(Array.from({ length: 10_001 }, () => task()))).rejects.toThrow(
		'at most 10000 tasks, got 10001',
	);
});

test('a delayed task waits as scheduled until its time', async () => {
	await orchestrator.queue.enqueue([
		task({ notBefore: new Date('2099-01-01T00:00:00Z') }),
		task({ notBefore: new Date('2001-01-01T00:00:00Z') }),
	]);
	expect(await database.query('select state, not_before from orchestrator.tasks order by id')).toEqual([
		{ state: 'scheduled', not_before: new Date('2099-01-01T00:00:00Z') },
		{ state: 'queued', not_before: null },
	]);
});

test('an operator enqueues from psql', async () => {
	const [row] = await database.query(
		`select orchestrator.enqueue_workflow_task('content_pipeline', '{"topic":"Tea"}', 8, 'from-psql')::text as id`,
	);
	expect(await orchestrator.queue.list()).toMatchObject([
		{ taskId: row?.id, priority: 8, input: { topic: 'Tea' }, state: 'queued' },
	]);
});

test("the operator's table shows attempts, wait, duration, cost and result", async () => {
	const execution = await startOne(orchestrator);
	const usage = [
		{ provider: 'gemini', model: 'gemini-2.0-flash', requests: 1, input_tokens: 1_000_000, output_tokens: 0 },
	];
	await report(orchestrator, execution, [succeeded(execution.items[0]!.task_id, usage)]);
	await orchestrator.queue.enqueue([task()]);
	expect(await orchestrator.queue.list()).toMatchObject([
		{
			state: 'succeeded',
			attempts: 1,
			costUsd: 0.1,
			result: { words: 600 },
			waitMs: expect.any(Number),
			durationMs: expect.any(Number),
		},
		{ state: 'queued', attempts: 0, waitMs: null, durationMs: null, finishedAt: null },
	]);
	expect(await orchestrator.queue.list({ states: ['queued'], workflowType: TYPE, limit: 5 })).toHaveLength(1);
	expect(await orchestrator.queue.list({ workflowType: 'other' })).toEqual([]);
});

test('enqueueing is visible to a claim at once', async () => {
	await orchestrator.queue.enqueue([task()]);
	expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
});
