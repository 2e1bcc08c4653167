import { dispatchWebhookId, type Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	blocked,
	claimOne,
	emptyQueue,
	executionRow,
	onlyTask,
	openQueue,
	planFor,
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
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const order = { actor: 'ann', reason: 'race' };

test('a cancel that meets a claim in the making waits for it and takes the task from the execution', async () => {
	const [added] = await orchestrator.queue.enqueue([task()]);
	const claimer = await database.client();
	await claimer.query('begin');
	await claimer.query('select orchestrator.claim($1)', [JSON.stringify(planFor())]);
	const cancelling = orchestrator.queue.cancel({ taskIds: [added!.taskId] }, order);
	await blocked(database, 1);
	await claimer.query('commit');
	const [outcome] = await cancelling;
	expect(outcome).toMatchObject({ outcome: 'cancelled', was: 'claimed', execution: { ended: true } });
	expect(await taskRow(database, added!.taskId)).toMatchObject({ state: 'cancelled', execution_id: null });
});

test('a task that was claimed since the look at it is left for the next round: it never goes without its execution', async () => {
	const execution = await claimOne(orchestrator);
	const cancel = async (executions: string[]) => {
		const [row] = await database.query('select orchestrator.cancel_locked($1, $2) as answer', [
			[onlyTask(execution)],
			executions,
		]);
		return row?.answer;
	};
	expect(await cancel([])).toEqual({});
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'claimed' });
	expect(await cancel([execution.executionId])).toMatchObject({
		[onlyTask(execution)]: { outcome: 'cancelled', execution: { ended: true } },
	});
});

test('a claim that meets a cancel in the making takes nothing of it', async () => {
	const [first, second] = await orchestrator.queue.enqueue([task(), task()]);
	const canceller = await database.client();
	await canceller.query('begin');
	await canceller.query('select orchestrator.cancel_tasks($1, $2)', [
		JSON.stringify({ taskIds: [first!.taskId] }),
		JSON.stringify(order),
	]);
	const [execution] = await orchestrator.queue.claim(planFor());
	await canceller.query('commit');
	expect(execution?.items.map((each) => each.task_id)).toEqual([second!.taskId]);
	expect(await taskRow(database, first!.taskId)).toMatchObject({ state: 'cancelled', epoch: 0 });
});

test('a cancel that waits behind a callback finds the task ended; a callback behind a cancel is stale', async () => {
	const execution = await startOne(orchestrator);
	const taskId = onlyTask(execution);
	const settler = await database.client();
	await settler.query('begin');
	await settler.query('select orchestrator.lock_execution($1)', [execution.executionId]);
	const cancelling = orchestrator.queue.cancel({ taskIds: [taskId] }, order);
	await blocked(database, 1);
	// It waits for the execution and holds nothing that the callback needs.
	await settler.query('select 1 from orchestrator.tasks where id = $1 for update nowait', [taskId]);
	await settler.query(
		`update orchestrator.tasks set state = 'succeeded', execution_id = null, result = '{}', finished_at = clock_timestamp() where id = $1`,
		[taskId],
	);
	await settler.query(`select orchestrator.finish_executions(array[$1::uuid], 'reported', null)`, [
		execution.executionId,
	]);
	await settler.query('commit');
	expect(await cancelling).toEqual([{ taskId, outcome: 'already_ended', was: 'succeeded' }]);

	const second = await startOne(orchestrator);
	const canceller = await database.client();
	await canceller.query('begin');
	await canceller.query('select orchestrator.cancel_tasks($1, $2)', [
		JSON.stringify({ taskIds: [onlyTask(second)] }),
		JSON.stringify(order),
	]);
	const settling = report(orchestrator, second, [succeeded(onlyTask(second))]);
	await blocked(database, 1);
	await canceller.query('commit');
	expect((await settling).outcome).toBe('stale');
	expect(await executionRow(database, second.executionId)).toMatchObject({ status: 'cancelled' });
});

test('a task that another transaction holds for long is answered as busy, and stays as it is', async () => {
	const [added] = await orchestrator.queue.enqueue([task()]);
	const holder = await database.client();
	await holder.query('begin');
	await holder.query('select 1 from orchestrator.tasks where id = $1 for update', [added!.taskId]);
	expect(await orchestrator.queue.cancel({ taskIds: [added!.taskId] }, order)).toEqual([
		{ taskId: added!.taskId, outcome: 'busy', was: 'queued' },
	]);
	await holder.query('rollback');
	expect(await taskRow(database, added!.taskId)).toMatchObject({ state: 'queued' });
}, 30_000);

test('of cancel, accept, start, callback and expiry at the same moment each task ends once and every slot is free again', async () => {
	const processes = Array.from({ length: 5 }, () => database.orchestrator());
	const [canceller, worker, duplicate, reaper, claimer] = processes as [
		Orchestrator,
		Orchestrator,
		Orchestrator,
		Orchestrator,
		Orchestrator,
	];
	const answered = { cancelled: new Set<string>(), settled: new Set<string>() };
	for (let round = 0; round < 40; round++) {
		const [waiting] = await orchestrator.queue.enqueue([task(), task(), task()]);
		const [execution] = await claimer.queue.claim(planFor({ maxExecutions: 1 }, 2));
		if (!execution) throw new Error('nothing was claimed');
		const taskIds = execution.items.map((each) => each.task_id);
		if (round % 4 === 0) {
			await database.query(
				`update orchestrator.workflow_orchestration set lease_until = clock_timestamp() where id = $1`,
				[execution.executionId],
			);
		}
		const [cancelled, , settled, again] = await Promise.all([
			canceller.queue.cancel({ taskIds: [taskIds[round % 2]!, waiting!.taskId] }, order),
			worker.executions.accept(execution, dispatchWebhookId(execution.executionId, execution.epoch)),
			worker.executions.start(execution, '1').then(async () =>
				report(
					worker,
					execution,
					taskIds.map((id) => succeeded(id)),
					`a${round}`,
				),
			),
			report(
				duplicate,
				execution,
				taskIds.map((id) => succeeded(id)),
				`b${round}`,
			),
			reaper.runs.recover(),
			claimer.queue.claim(planFor({ maxExecutions: 1 }, 2)),
		]);
		for (const each of cancelled) if (each.outcome === 'cancelled') answered.cancelled.add(each.taskId);
		for (const id of [...settled.settledTasks, ...again.settledTasks]) {
			expect(answered.settled.has(id)).toBe(false);
			answered.settled.add(id);
		}
		await orchestrator.queue.cancel({ workflowType: TYPE }, { ...order, actor: 'sweeper' });
	}
	const rows = await database.query(
		`select id::text, state from orchestrator.tasks where state <> 'cancelled'`,
	);
	expect(rows.filter((row) => row.state !== 'succeeded')).toEqual([]);
	expect(new Set(rows.map((row) => row.id))).toEqual(answered.settled);
	expect([...answered.settled].filter((id) => answered.cancelled.has(id))).toEqual([]);
	expect(answered.settled.size).toBeGreaterThan(0);
	expect(answered.cancelled.size).toBeGreaterThan(0);
	expect(
		await database.query(`select 1 from orchestrator.execution_slots where execution_id is not null`),
	).toEqual([]);
	expect(await database.query(`select 1 from orchestrator.tasks where execution_id is not null`)).toEqual([]);
}, 120_000);

test('two cancels of the same tasks at the same moment: each task is cancelled by exactly one', async () => {
	const executions = [await claimOne(orchestrator), await claimOne(orchestrator)];
	const added = await orchestrator.queue.enqueue(Array.from({ length: 20 }, () => task()));
	const taskIds = [...executions.map(onlyTask), ...added.map((each) => each.taskId)];
	const answers = await Promise.all(
		[orchestrator, database.orchestrator()].map((each, n) =>
			each.queue.cancel({ taskIds: n === 0 ? taskIds : [...taskIds].reverse() }, order),
		),
	);
	const cancelled = answers.flat().filter((each) => each.outcome === 'cancelled');
	expect(cancelled.map((each) => each.taskId).sort()).toEqual([...taskIds].sort());
	expect(answers.flat().filter((each) => each.outcome === 'already_ended')).toHaveLength(taskIds.length);
});
