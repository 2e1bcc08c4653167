import { callbackWebhookId, buildCallbackEnvelope, type Orchestrator, type Successor } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	bury,
	emptyQueue,
	failed,
	letWaitingPass,
	oneRow,
	onlyTask,
	openQueue,
	reclaim,
	report,
	startOne,
	succeeded,
	task,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue('seo_monitor'));
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const next = (more: Partial<Successor> = {}): Successor => ({ workflowType: 'seo_monitor', ...more });
const children = async () => orchestrator.queue.list({ workflowType: 'seo_monitor' });

/** A task with these successors ends well, with `{words: 600}`; answers its id. */
async function succeedWith(successors: Successor[]): Promise<string> {
	const execution = await startOne(orchestrator, { successors, priority: 7 });
	await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
	return onlyTask(execution);
}

test('a success enqueues its successors, with the parent, a key made of it, and input taken from the result', async () => {
	const execution = await startOne(orchestrator, {
		priority: 7,
		successors: [
			next({ input: { depth: 2, words: 0 }, map: { words: '$.result.words', topic: '$.input.topic' } }),
		],
	});
	await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
	expect(await children()).toMatchObject([
		{
			state: 'queued',
			priority: 7,
			input: { depth: 2, words: 600, topic: 'tea' },
			parentTaskId: onlyTask(execution),
			parentExecutionId: execution.executionId,
			idempotencyKey: `successor:${onlyTask(execution)}/1`,
		},
	]);
});

test('a callback whose transaction is rolled back leaves no successor behind', async () => {
	const execution = await startOne(orchestrator, { successors: [next()] });
	const envelope = buildCallbackEnvelope({
		executionId: execution.executionId,
		epoch: execution.epoch,
		workflowType: TYPE,
		n8nExecutionId: '77',
		items: [succeeded(onlyTask(execution))],
	});
	const client = await database.client();
	await client.query('begin');
	await client.query('select orchestrator.settle_execution($1, $2)', [
		JSON.stringify(envelope),
		callbackWebhookId(envelope),
	]);
	const { rows } = await client.query(`select 1 from orchestrator.tasks where parent_task_id is not null`);
	expect(rows).toHaveLength(1);
	await client.query('rollback');
	expect(await children()).toEqual([]);
});

test('conditions decide; what a path does not find leaves the fixed field', async () => {
	await succeedWith([
		next({ condition: '$.result.words > 500', input: { place: 1 } }),
		next({ condition: '$.result.words > 700', input: { place: 2 } }),
		next({ condition: '$.result.missing > 700', input: { place: 3 } }),
		next({
			condition: '$.task.priority == 7 && $.task.state == "succeeded"',
			input: { place: 4, tea: 'green' },
			map: { tea: '$.result.tea' },
		}),
	]);
	expect((await children()).map((each) => each.input)).toEqual([{ place: 1 }, { place: 4, tea: 'green' }]);
});

test('each end calls those that wait for it: succeeded, dead, either', async () => {
	const successors = [
		next({ input: { on: 'default' } }),
		next({ when: 'dead', input: { on: 'dead' }, map: { why: '$.error.message' } }),
		next({ when: 'ended', input: { on: 'ended' } }),
	];
	await succeedWith(successors);
	expect((await children()).map((each) => each.input)).toEqual([{ on: 'default' }, { on: 'ended' }]);
	await emptyQueue(database);
	await bury(orchestrator, { successors });
	expect((await children()).map((each) => each.input)).toEqual([
		{ on: 'dead', why: 'the model refused' },
		{ on: 'ended' },
	]);
});

test('a task that dies of waiting has successors too, a failure that is tried again and a cancelled task have none', async () => {
	const successors = [next({ when: 'ended' })];
	const execution = await startOne(orchestrator, { successors });
	await report(orchestrator, execution, [failed(onlyTask(execution))]);
	await orchestrator.queue.cancel({ taskIds: [onlyTask(execution)] }, { actor: 'test', reason: 'test' });
	expect(await children()).toEqual([]);
	const [waiting] = await orchestrator.queue.enqueue([
		task({ successors, expiresAt: new Date(Date.now() + 3_600_000) }),
	]);
	await database.query(`update orchestrator.tasks set expires_at = now() where id = $1`, [waiting!.taskId]);
	await orchestrator.runs.recover();
	expect(await children()).toMatchObject([{ parentTaskId: waiting!.taskId, parentExecutionId: null }]);
});

test('delay, priority, overrides and successors of a successor are its own', async () => {
	await succeedWith([
		next({ delaySeconds: 3600, priority: 2, successors: [{ workflowType: TYPE, input: { third: true } }] }),
	]);
	const [child] = await children();
	expect(child).toMatchObject({ state: 'scheduled', priority: 2 });
	expect(child!.notBefore!.getTime() - child!.createdAt.getTime()).toBeCloseTo(3_600_000, -4);
	await letWaitingPass(database);
	const [execution] = await orchestrator.queue.claim({
		owner: 'test',
		runId: null,
		maxExecutions: 1,
		models: [],
		quotas: [{ workflowType: 'seo_monitor', batchSize: 1, maxExecutions: 1 }],
	});
	await report(orchestrator, execution!, [succeeded(child!.taskId)]);
	expect(await orchestrator.queue.list({ parentTaskId: child!.taskId })).toMatchObject([
		{ workflowType: TYPE, input: { third: true }, priority: 2 },
	]);
});

test('none is made twice: not by a repeated callback, and not by a second end after a redrive', async () => {
	const taskId = await bury(orchestrator, { successors: [next({ when: 'ended' })] });
	expect(await children()).toHaveLength(1);
	await orchestrator.deadLetters.redrive({ taskIds: [taskId] }, { actor: 'test' });
	const execution = await reclaim(orchestrator);
	const items = [succeeded(taskId)];
	const others = [orchestrator, database.orchestrator(), database.orchestrator()];
	await Promise.all(others.map((each) => report(each, execution, items)));
	expect(await orchestrator.queue.inspect(taskId)).toMatchObject({ task: { state: 'succeeded' } });
	expect(await children()).toHaveLength(1);
});

test('one that cannot be made is recorded with its reason, fails nothing, and the others are made', async () => {
	await database.query(
		`insert into orchestrator.workflow_types (workflow_type, title) values ('brief', 'brief') on conflict do nothing`,
	);
	const execution = await startOne(orchestrator, {
		input: { text: 'x'.repeat(200_000) },
		successors: [
			next({ condition: '$.result.words' }),
			next({ map: { a: '$.input.text', b: '$.input.text' } }),
			{ workflowType: 'brief' },
			next({ input: { good: true } }),
		],
	});
	await database.query(`delete from orchestrator.workflow_types where workflow_type = 'brief'`);
	const answer = await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
	expect(answer.outcome).toBe('applied');
	expect((await children()).map((each) => each.input)).toEqual([{ good: true }]);
	const seen = await orchestrator.queue.inspect(onlyTask(execution));
	expect(seen?.task.state).toBe('succeeded');
	expect(seen?.failures.map((each) => each.code)).toEqual(Array(3).fill('SUCCESSOR_NOT_ENQUEUED'));
	expect(seen?.failures.map((each) => each.message)).toEqual([
		'Successor 1 (seo_monitor) was not enqueued: single boolean result is expected',
		'Successor 2 (seo_monitor) was not enqueued: the input has 400018 bytes, at most 262144 are allowed',
		expect.stringMatching(/^Successor 3 \(brief\) was not enqueued: unknown workflow type "brief"/),
	]);
	expect(seen?.failures[0]).toMatchObject({
		recoveryAction: 'none',
		result: { successor: 1 },
		decidedBy: 'settle',
	});
});

test('a successor that meets a lock leaves the whole callback to be repeated, and is not lost', async () => {
	const execution = await startOne(orchestrator, { successors: [next()] });
	const other = await database.client();
	await other.query('begin');
	await other.query(
		`insert into orchestrator.idempotency_keys (workflow_type, idempotency_key, task_id) values ('seo_monitor', $1, 1)`,
		[`successor:${onlyTask(execution)}/1`],
	);
	await expect(report(orchestrator, execution, [succeeded(onlyTask(execution))])).rejects.toMatchObject({
		code: 'MO_DATABASE_BUSY',
	});
	await other.query('rollback');
	expect((await report(orchestrator, execution, [succeeded(onlyTask(execution))])).outcome).toBe('applied');
	expect(await children()).toHaveLength(1);
}, 30_000);

test('the log of the callback goes on under its own name behind the successors', async () => {
	const taskId = await succeedWith([next()]);
	const row = await oneRow(
		database,
		`select actor from orchestrator.state_transitions where entity = 'execution' and to_state = 'reported'`,
	);
	expect(row.actor).toBe('settle');
	expect(taskId).not.toBe('');
});

test.each([
	[{ workflowType: 'brewing' }, 'unknown workflow type "brewing"'],
	[{ workflowType: TYPE, condition: '$.[' }, 'successor 1: syntax error'],
	[{ workflowType: TYPE, priority: 11 }, 'priority must be an integer from 1 to 10, got 11'],
	[{ workflowType: TYPE, successors: [{ workflowType: 'brewing' }] }, 'unknown workflow type "brewing"'],
])('a successor with a fault is refused when its task is enqueued: %j', async (successor, message) => {
	await expect(orchestrator.queue.enqueue([task({ successors: [successor] })])).rejects.toThrow(message);
});
