import { type CancelSelection, dispatchWebhookId, type Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	claimOne,
	emptyQueue,
	executionRow,
	onlyTask,
	openQueue,
	planFor,
	reclaim,
	report,
	startOne,
	succeeded,
	task,
	taskRow,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue('seo_monitor'));
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const order = { actor: 'ann', reason: 'wrong input' };
const usage = [
	{ provider: 'openai', model: 'gpt-4o-mini', requests: 1, input_tokens: 1_000_000, output_tokens: 0 },
];
const usedSlots = async () =>
	database.query(`select 1 from orchestrator.execution_slots where execution_id is not null`);

test('scheduled and queued tasks are cancelled at once, and no claim takes them', async () => {
	const added = await orchestrator.queue.enqueue([
		task(),
		task({ notBefore: new Date('2099-01-01') }),
		task(),
	]);
	const [queued, scheduled, other] = added.map((each) => each.taskId);
	expect(await orchestrator.queue.cancel({ taskIds: [scheduled!, queued!] }, order)).toEqual([
		{ taskId: queued, outcome: 'cancelled', was: 'queued', execution: null },
		{ taskId: scheduled, outcome: 'cancelled', was: 'scheduled', execution: null },
	]);
	expect((await reclaim(orchestrator)).items[0]?.task_id).toBe(other);
	expect((await orchestrator.queue.inspect(queued!))?.transitions.at(-1)).toMatchObject({
		from: 'queued',
		to: 'cancelled',
		actor: 'cancel:ann',
		context: { reason: 'wrong input' },
	});
});

test('a debounced task that is cancelled makes room for the next one with its key', async () => {
	const debounce = { key: 'tea', seconds: 60 };
	const [first] = await orchestrator.queue.enqueue([task({ debounce })]);
	await orchestrator.queue.cancel({ taskIds: [first!.taskId] }, order);
	const [second] = await orchestrator.queue.enqueue([task({ debounce })]);
	expect(second).toMatchObject({ created: true });
});

test('a claimed task is taken away: its execution ends, its slot is free, accept says stale', async () => {
	const execution = await claimOne(orchestrator);
	expect(await orchestrator.queue.cancel({ taskIds: [onlyTask(execution)] }, order)).toEqual([
		{
			taskId: onlyTask(execution),
			outcome: 'cancelled',
			was: 'claimed',
			execution: { executionId: execution.executionId, epoch: 1, n8nExecutionId: null, ended: true },
		},
	]);
	expect(await executionRow(database, execution.executionId)).toMatchObject({ status: 'cancelled' });
	expect(await usedSlots()).toEqual([]);
	expect(await orchestrator.executions.accept(execution, 'msg_1')).toBe('stale');
});

test('accepted, it is not started; running, it is not renewed, and the answer names the n8n execution to stop', async () => {
	const accepted = await claimOne(orchestrator);
	await orchestrator.executions.accept(accepted, dispatchWebhookId(accepted.executionId, accepted.epoch));
	await orchestrator.queue.cancel({ taskIds: [onlyTask(accepted)] }, order);
	expect(await orchestrator.executions.start(accepted, '1')).toBeNull();
	const running = await startOne(orchestrator);
	const [outcome] = await orchestrator.queue.cancel({ taskIds: [onlyTask(running)] }, order);
	expect(outcome).toMatchObject({ was: 'running', execution: { n8nExecutionId: '77', ended: true } });
	expect(await orchestrator.executions.renew(running)).toBeNull();
});

test('a later callback for it changes nothing, and its usage is still recorded', async () => {
	const execution = await startOne(orchestrator);
	const taskId = onlyTask(execution);
	await orchestrator.queue.cancel({ taskIds: [taskId] }, order);
	expect(await report(orchestrator, execution, [succeeded(taskId, usage)])).toEqual({
		outcome: 'stale',
		settledTasks: [],
	});
	expect(await taskRow(database, taskId)).toMatchObject({
		state: 'cancelled',
		result: null,
		cost_usd: '0.150000',
	});
	expect(await database.query(`select stale from orchestrator.workflow_resource_usage`)).toEqual([
		{ stale: true },
	]);
});

test('of a batch only the cancelled task goes; the execution works on and its callback settles the rest', async () => {
	await orchestrator.queue.enqueue([task(), task()]);
	const execution = await reclaim(orchestrator, 2);
	const [gone, stays] = execution.items.map((each) => each.task_id);
	const [outcome] = await orchestrator.queue.cancel({ taskIds: [gone!] }, order);
	expect(outcome).toMatchObject({ outcome: 'cancelled', execution: { ended: false } });
	expect(await usedSlots()).toHaveLength(1);
	const answer = await report(orchestrator, execution, [succeeded(gone!, usage), succeeded(stays!)]);
	expect(answer).toEqual({ outcome: 'applied', settledTasks: [stays] });
	expect(await taskRow(database, gone!)).toMatchObject({ state: 'cancelled', cost_usd: '0.150000' });
	expect(await executionRow(database, execution.executionId)).toMatchObject({ status: 'reported' });
	expect(await usedSlots()).toEqual([]);
});

test('what ended before and what nobody knows is said, and changes nothing', async () => {
	const execution = await startOne(orchestrator);
	const taskId = onlyTask(execution);
	await report(orchestrator, execution, [succeeded(taskId)]);
	expect(await orchestrator.queue.cancel({ taskIds: [taskId, '999999999'] }, order)).toEqual([
		{ taskId, outcome: 'already_ended', was: 'succeeded' },
		{ taskId: '999999999', outcome: 'unknown' },
	]);
	const waiting = (await orchestrator.queue.enqueue([task()]))[0]!.taskId;
	await orchestrator.queue.cancel({ taskIds: [waiting] }, order);
	expect(await orchestrator.queue.cancel({ taskIds: [waiting] }, order)).toEqual([
		{ taskId: waiting, outcome: 'already_ended', was: 'cancelled' },
	]);
});

test('a filter takes a type, a key or states, and no more than its limit', async () => {
	const added = await orchestrator.queue.enqueue([
		task(),
		task({ input: { content_type: 'news' } }),
		task({ workflowType: 'seo_monitor' }),
		task({ notBefore: new Date('2099-01-01') }),
		task(),
	]);
	const [plain, news, seo, later, last] = added.map((each) => each.taskId);
	const cancelled = async (selection: CancelSelection) =>
		(await orchestrator.queue.cancel(selection, order)).map((each) => each.taskId);
	expect(await cancelled({ fairKey: `${TYPE}:news` })).toEqual([news]);
	expect(await cancelled({ workflowType: 'seo_monitor' })).toEqual([seo]);
	expect(await cancelled({ states: ['scheduled'] })).toEqual([later]);
	expect(await cancelled({ workflowType: TYPE, limit: 1 })).toEqual([plain]);
	const execution = await reclaim(orchestrator);
	expect(await cancelled({ workflowType: TYPE })).toEqual([last]);
	expect(await executionRow(database, execution.executionId)).toMatchObject({ status: 'cancelled' });
	expect(await cancelled({ workflowType: TYPE })).toEqual([]);
});

test('a filter says how many tasks match beside those that its limit takes, a list of ids does not', async () => {
	const added = await orchestrator.queue.enqueue([
		task(),
		task(),
		task(),
		task({ workflowType: 'seo_monitor' }),
	]);
	const filter: CancelSelection = { workflowType: TYPE, limit: 2 };
	expect(await orchestrator.queue.cancel(filter, { ...order, dryRun: true })).toMatchObject([
		{ outcome: 'would_cancel', matching: 3 },
		{ outcome: 'would_cancel', matching: 3 },
	]);
	expect(await orchestrator.queue.cancel(filter, order)).toMatchObject([
		{ outcome: 'cancelled', matching: 3 },
		{ outcome: 'cancelled', matching: 3 },
	]);
	expect(await orchestrator.queue.cancel(filter, order)).toMatchObject([
		{ outcome: 'cancelled', matching: 1 },
	]);
	const [byId] = await orchestrator.queue.cancel({ taskIds: [added[3]!.taskId] }, order);
	expect(byId).not.toHaveProperty('matching');
});

test('a dry run says what would happen and changes nothing', async () => {
	await orchestrator.queue.enqueue([task(), task(), task()]);
	const execution = await reclaim(orchestrator, 2);
	const [one, two] = execution.items.map((each) => each.task_id);
	const dry = { ...order, dryRun: true };
	expect(await orchestrator.queue.cancel({ taskIds: [one!] }, dry)).toMatchObject([
		{ outcome: 'would_cancel', was: 'claimed', execution: { ended: false } },
	]);
	expect(await orchestrator.queue.cancel({ taskIds: [one!, two!, '999999999'] }, dry)).toMatchObject([
		{ outcome: 'would_cancel', execution: { ended: true } },
		{ outcome: 'would_cancel', execution: { ended: true } },
		{ outcome: 'unknown' },
	]);
	expect(await orchestrator.queue.list({ states: ['cancelled'] })).toEqual([]);
});

test.each<[CancelSelection, { actor: string }, string]>([
	[{}, { actor: 'ann' }, 'an empty filter would cancel everything'],
	[{ taskIds: [] }, { actor: '' }, 'actor must say'],
	[{ workflowType: TYPE, limit: 0 }, { actor: 'ann' }, 'limit must be a whole number from 1 to 10000, got 0'],
])('a wrong order is refused: %j %j', async (selection, options, message) => {
	await expect(orchestrator.queue.cancel(selection, { ...order, ...options })).rejects.toThrow(message);
});

test('a cancelled task frees its place for the next one at the cap', async () => {
	await database.query(`update orchestrator.workflow_types set max_concurrent = 1 where workflow_type = $1`, [
		TYPE,
	]);
	const execution = await claimOne(orchestrator);
	await orchestrator.queue.enqueue([task()]);
	expect(await orchestrator.queue.claim(planFor())).toEqual([]);
	await orchestrator.queue.cancel({ taskIds: [onlyTask(execution)] }, order);
	expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
	await database.query(`update orchestrator.workflow_types set max_concurrent = 3 where workflow_type = $1`, [
		TYPE,
	]);
});
