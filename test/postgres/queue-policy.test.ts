import {
	BATCH_MODE_ABOVE,
	type CallbackItem,
	claimPlanOf,
	type Orchestrator,
	planRun,
	QUEUE_DEPTH_WARNING,
	type RecentWork,
	type RunPlan,
} from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	claimOne,
	emptyQueue,
	expireLease,
	failed,
	onlyTask,
	oneRow,
	openQueue,
	reclaim,
	report,
	startOne,
	startWork,
	succeeded,
	task,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
beforeEach(async () => {
	await emptyQueue(database);
	await database.query(
		`update orchestrator.workflow_types set batch_size = 2, batch_max = 10, limit_seconds = 300, max_concurrent = 3`,
	);
});
afterAll(async () => database.drop());

const enqueue = async (count: number) =>
	orchestrator.queue.enqueue(Array.from({ length: count }, () => task()));

/** Brings the queue to this depth by cancelling, which is what an operator would do. */
async function shrinkTo(depth: number) {
	const queued = await database.query(
		`select id::text from orchestrator.tasks where state = 'queued' order by id desc offset $1`,
		[depth],
	);
	const taskIds = queued.map(({ id }) => String(id));
	for (let from = 0; from < taskIds.length; from += 1000)
		await orchestrator.queue.cancel(
			{ taskIds: taskIds.slice(from, from + 1000) },
			{ actor: 'test', reason: 'test' },
		);
}

/** A pass without its claim, by a process that knows nothing but the database. */
async function passThrough(): Promise<RunPlan> {
	const fresh = database.orchestrator();
	const { runId } = await fresh.runs.begin({ kind: 'manual', owner: 'test' });
	const plan = planRun(await fresh.resources.snapshot());
	await fresh.runs.transition(runId, 'MONITORING');
	await fresh.runs.complete(runId, {
		queue: { mode: plan.mode, warnings: plan.warnings.map(({ message }) => message) },
	});
	await fresh.close();
	return plan;
}

const recent = async (): Promise<RecentWork | undefined> =>
	(await orchestrator.resources.snapshot()).types.find(({ workflowType }) => workflowType === TYPE)?.recent;

/** An execution of one task that worked this long, and how it ended. */
async function ended(workMs: number, item: (taskId: string) => CallbackItem = succeeded): Promise<void> {
	const execution = await startOne(orchestrator);
	await report(orchestrator, execution, [item(onlyTask(execution))]);
	await database.query(
		`update orchestrator.workflow_orchestration set started_at = finished_at - make_interval(secs => $2) where id = $1`,
		[execution.executionId, workMs / 1000],
	);
	await database.query(
		`update orchestrator.tasks set not_before = now() + interval '1 day' where state = 'scheduled'`,
	);
}

test('batch mode begins above 1,000 queued tasks, outlives the process, and ends below 500', async () => {
	await enqueue(BATCH_MODE_ABOVE);
	expect((await passThrough()).mode).toBe('normal');
	await enqueue(1);
	expect((await passThrough()).mode).toBe('batch');
	await shrinkTo(QUEUE_DEPTH_WARNING);
	expect((await passThrough()).mode).toBe('batch');
	await shrinkTo(QUEUE_DEPTH_WARNING - 1);
	expect(await passThrough()).toMatchObject({ mode: 'normal', warnings: [] });
	expect(
		await database.query(
			`select metric, array_agg(value::int order by id) as values from orchestrator.orchestrator_metrics
			where metric in ('batch_mode', 'queue_depth', 'queue_warnings') group by metric order by metric`,
		),
	).toEqual([
		{ metric: 'batch_mode', values: [0, 1, 1, 0] },
		{ metric: 'queue_depth', values: [1000, 1001, 500, 499] },
		{ metric: 'queue_warnings', values: [1, 1, 1, 0] },
	]);
}, 60_000);

test('a run that is completed without a plan leaves the mode as it was', async () => {
	await enqueue(BATCH_MODE_ABOVE + 1);
	await passThrough();
	await shrinkTo(QUEUE_DEPTH_WARNING);
	const { runId } = await orchestrator.runs.begin({ kind: 'manual', owner: 'test' });
	await orchestrator.runs.transition(runId, 'MONITORING');
	expect(await orchestrator.runs.complete(runId)).toBe(true);
	expect((await orchestrator.resources.snapshot()).queue.mode).toBe('batch');
}, 60_000);

test('in batch mode the claim takes the biggest batches, in every free slot; else what is configured', async () => {
	const claimedBatches = async () => {
		const plan = planRun(await orchestrator.resources.snapshot());
		const claimed = await orchestrator.queue.claim(claimPlanOf(plan, { owner: 'test', runId: null }));
		return claimed.map(({ items }) => items.length);
	};
	await enqueue(40);
	expect(await claimedBatches()).toEqual([2, 2, 2]);
	await emptyQueue(database);
	await enqueue(BATCH_MODE_ABOVE + 1);
	expect(await claimedBatches()).toEqual([10, 10, 10]);
	await emptyQueue(database);
	await enqueue(3);
	expect(await claimedBatches()).toEqual([1, 1, 1]);
}, 60_000);

test('slow tasks make small batches, by the time that was measured', async () => {
	for (const workMs of [40_000, 60_000, 70_000]) await ended(workMs);
	await enqueue(BATCH_MODE_ABOVE + 1);
	const plan = planRun(await orchestrator.resources.snapshot());
	expect(plan.decisions).toMatchObject([
		{ batchSize: 2, reason: expect.stringContaining('a task takes 60.0 s, a batch may take 50 % of 300 s') },
	]);
	const claimed = await orchestrator.queue.claim(claimPlanOf(plan, { owner: 'test', runId: null }));
	expect(claimed.map(({ items }) => items.length)).toEqual([2, 2, 2]);
}, 60_000);

test('recent work is nothing at first, then the median time and the failures of the last 20 executions', async () => {
	expect(await recent()).toEqual({ tasks: 0, failed: 0, msPerTask: null });
	await ended(900_000);
	for (let n = 1; n <= 18; n++) await ended(n < 10 ? 1000 : 3000);
	await ended(2000, failed);
	expect(await recent()).toMatchObject({ tasks: 20, failed: 1 });
	await ended(2000);
	expect(await recent()).toEqual({ tasks: 20, failed: 1, msPerTask: expect.closeTo(2000, 3) });
}, 60_000);

test('an expired execution counts as failed, a refused and a cancelled one do not count', async () => {
	const expired = await startOne(orchestrator);
	await expireLease(database, expired.executionId);
	await orchestrator.runs.recover();
	expect(await recent()).toEqual({ tasks: 1, failed: 1, msPerTask: null });
	await orchestrator.executions.refuse(await claimOne(orchestrator), { message: 'nobody listens' });
	const cancelled = await startOne(orchestrator);
	await orchestrator.queue.cancel({ taskIds: [onlyTask(cancelled)] }, { actor: 'test', reason: 'test' });
	expect(await recent()).toEqual({ tasks: 1, failed: 1, msPerTask: null });
});

test('the time of a batch is shared by its tasks', async () => {
	await enqueue(4);
	const execution = await reclaim(orchestrator, 4);
	await startWork(orchestrator, execution);
	await report(
		orchestrator,
		execution,
		execution.items.map(({ task_id }, n) => (n === 0 ? failed(task_id) : succeeded(task_id))),
	);
	await database.query(
		`update orchestrator.workflow_orchestration set started_at = finished_at - interval '20 s' where started_at is not null`,
	);
	expect(await recent()).toEqual({ tasks: 4, failed: 1, msPerTask: expect.closeTo(5000, 3) });
});

test('the system is degraded from 500 queued tasks on, and says so', async () => {
	const health = async () =>
		(await oneRow(database, 'select orchestrator.get_system_health() as health')).health;
	await enqueue(QUEUE_DEPTH_WARNING - 1);
	expect(await health()).toMatchObject({ status: 'healthy', reasons: [] });
	await enqueue(1);
	expect(await health()).toMatchObject({
		status: 'degraded',
		reasons: ['500 tasks are queued, expected fewer than 500'],
		queued_tasks: 500,
	});
}, 60_000);
