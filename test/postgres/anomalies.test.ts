import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { moveInstants } from './clock';
import {
	claimOne,
	emptyQueue,
	executionRow,
	expireLease,
	oneRow,
	openQueue,
	planFor,
	reclaim,
	report,
	startOne,
	startWork,
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
beforeEach(async () => {
	await emptyQueue(database);
	await database.query('truncate orchestrator.anomalies');
});

const onlyTask = (execution: { items: { task_id: string }[] }) => execution.items[0]?.task_id ?? '';
const anomaly = (kind: string) =>
	oneRow(
		database,
		`select entity, entity_id, detail, detector, threshold, action, resolution, resolved_at is not null as over
		from orchestrator.anomalies where kind = $1`,
		[kind],
	);
const kindsFound = async (deep = false) =>
	(await orchestrator.runs.findAnomalies({ deep })).map(({ kind }) => kind);

test('a healthy system has none, whatever it is doing', async () => {
	await orchestrator.queue.enqueue([task(), task()]);
	await startOne(orchestrator);
	await claimOne(orchestrator);
	expect(await kindsFound(true)).toEqual([]);
	expect((await orchestrator.runs.recover()).anomalies).toEqual({
		found: 0,
		repaired: 0,
		resolved: 0,
		open: 0,
	});
	expect(await database.query('select * from orchestrator.anomalies')).toEqual([]);
});

test('every kind names a procedure that exists, and a threshold, an action and an exit', async () => {
	const kinds = await database.query('select * from orchestrator.anomaly_kinds');
	expect(kinds.length).toBeGreaterThanOrEqual(8);
	for (const kind of kinds) {
		expect(Object.values(kind).every((each) => typeof each === 'string' && each !== '')).toBe(true);
		if (String(kind.procedure).startsWith('master-orchestrator ')) continue;
		const found = await database.query('select 1 from pg_proc where proname = $1', [kind.procedure]);
		expect([kind.procedure, found.length]).toEqual([kind.procedure, 1]);
	}
});

test('a stuck run is ended, with a row of its own that is over at once', async () => {
	const run = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
	await expireLease(database, run.runId);
	await orchestrator.runs.recover();
	expect(await anomaly('stuck_run')).toMatchObject({
		entity_id: run.runId,
		detector: 'expire_run',
		action: { procedure: 'expire_run', result: { repaired: true } },
		over: true,
		resolution: 'The run has ended.',
	});
	expect((await executionRow(database, run.runId)).status).toBe('ERROR_RECOVERY');
});

test('a slot whose execution has ended is freed', async () => {
	const execution = await startOne(orchestrator);
	await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
	await database.query(
		`update orchestrator.execution_slots set execution_id = $1, workflow_type = 'content_pipeline', fair_key = 'content_pipeline'
		where slot_no = 1`,
		[execution.executionId],
	);
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({
		found: 1,
		repaired: 1,
		resolved: 1,
		open: 0,
	});
	expect(
		await database.query('select * from orchestrator.execution_slots where execution_id is not null'),
	).toEqual([]);
	expect(await anomaly('slot_without_execution')).toMatchObject({ entity_id: '1', over: true });
});

test('an active execution without a slot is expired and its task tried again', async () => {
	const execution = await startOne(orchestrator);
	await database.query(
		'update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null',
	);
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 1, repaired: 1, resolved: 1 });
	expect(await executionRow(database, execution.executionId)).toMatchObject({
		status: 'expired',
		error: { code: 'ORPHANED' },
	});
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'scheduled', attempts: 1 });
	expect(await anomaly('execution_without_slot')).toMatchObject({
		entity_id: execution.executionId,
		over: true,
	});
});

test('a task that is claimed by an ended execution is tried again, by the deep look', async () => {
	const execution = await startOne(orchestrator);
	// A hand in the tables: the execution ends and leaves its task behind.
	await database.query(
		`update orchestrator.workflow_orchestration set status = 'reported', lease_until = null, finished_at = now() where id = $1`,
		[execution.executionId],
	);
	await database.query(
		'update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null',
	);
	expect(await kindsFound()).toEqual([]);
	expect(await kindsFound(true)).toEqual(['task_without_execution']);
	expect(await orchestrator.runs.handleAnomalies({ deep: true })).toEqual({
		found: 1,
		repaired: 1,
		resolved: 1,
		open: 0,
	});
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'scheduled', attempts: 1 });
});

test('a clock that went back an hour is recorded, and no lease lasts the hour longer', async () => {
	const execution = await startOne(orchestrator);
	await orchestrator.runs.takeSlot({ owner: 'a', intervalSeconds: 3600, localTime: new Date() });
	await database.query(
		`update orchestrator.workflow_orchestration set last_at = last_at + interval '1 hour',
			lease_until = lease_until + interval '1 hour', deadline_at = deadline_at + interval '1 hour'`,
	);
	await database.query(
		`update orchestrator.heartbeats set last_at = last_at + interval '1 hour', lease_until = lease_until + interval '1 hour'`,
	);
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({
		found: 1,
		repaired: 1,
		resolved: 1,
		open: 0,
	});
	const row = await oneRow(
		database,
		`select extract(epoch from lease_until - clock_timestamp())::float8 as lease, extract(epoch from deadline_at - clock_timestamp())::float8 as deadline,
			(select extract(epoch from lease_until - clock_timestamp())::float8 from orchestrator.heartbeats) as slot
		from orchestrator.workflow_orchestration where id = $1`,
		[execution.executionId],
	);
	expect(Number(row.lease)).toBeLessThanOrEqual(90);
	expect(Number(row.lease)).toBeGreaterThan(60);
	expect(Number(row.deadline)).toBeLessThanOrEqual(300);
	expect(Number(row.slot)).toBeLessThanOrEqual(60);
	expect((await anomaly('clock_backwards')).detail).toMatchObject({ aheadSeconds: expect.any(Number) });
	expect(await orchestrator.executions.renew(execution)).not.toBeNull();
});

describe('after the clock went back four hours', () => {
	/** Hourly heartbeats, the last of them just now; then these hours begin again. Finished so late that none lies behind the clock. */
	const goBack = async () => {
		const { runId } = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
		await orchestrator.runs.complete(runId);
		await moveInstants(database, 4 * 3600);
		await database.query(
			`insert into orchestrator.heartbeats
				(slot_key, slot_at, interval_seconds, owner, lease_until, taken_at, last_at, deviation_ms, clock_skew_ms, finished_at, run_id)
			select 'heartbeat:3600:' || to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), s.at, 3600, 'a', s.at + interval '1 hour',
				s.at, s.at + interval '50 minutes', 0, 0, s.at + interval '50 minutes', $1
			from generate_series(date_trunc('hour', clock_timestamp(), 'UTC'), clock_timestamp() + interval '4 hours', interval '1 hour') s(at)`,
			[runId],
		);
	};
	const beat = () => orchestrator.runs.takeSlot({ owner: 'b', intervalSeconds: 3600, localTime: new Date() });

	test('what is enqueued then is claimed, its work ends, and a heartbeat is taken and completed', async () => {
		const before = await startOne(orchestrator);
		// The claim has looked, and remembers where.
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		await goBack();
		await orchestrator.runs.recover();
		const after = await claimOne(orchestrator);
		await startWork(orchestrator, after);
		for (const execution of [before, after])
			expect((await report(orchestrator, execution, [succeeded(onlyTask(execution))])).outcome).toBe(
				'applied',
			);
		expect(
			await oneRow(
				database,
				`select bool_and(duration_ms between 0 and 600000) as sane from orchestrator.workflow_orchestration where kind = 'dispatch'`,
			),
		).toEqual({ sane: true });
		const answer = await beat();
		if (!answer.won) throw new Error(answer.reason);
		expect(answer.slot.epoch).toBe(2);
		const run = await orchestrator.runs.begin({ kind: 'heartbeat', owner: 'b', slot: answer.slot });
		expect(await orchestrator.runs.complete(run.runId)).toBe(true);
		expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ open: 0 });
	});

	test('a heartbeat that comes before any recovery is taken as well', async () => {
		await goBack();
		expect(await beat()).toMatchObject({ won: true, slot: { epoch: 2 } });
		expect(await beat()).toMatchObject({ won: false, reason: 'held_by_other' });
	});

	test('it is noticed though nothing runs and something was logged since', async () => {
		await goBack();
		await orchestrator.queue.enqueue([task()]);
		expect(await kindsFound()).toEqual(['clock_backwards']);
		expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ repaired: 1, open: 0 });
		expect(await orchestrator.queue.claim(planFor())).toHaveLength(1);
	});

	test('heartbeats that stay out are missed at once, not when the clock is there again', async () => {
		await goBack();
		await orchestrator.runs.recover();
		await database.query("update orchestrator.heartbeats set slot_at = slot_at - interval '10 hours'");
		await database.query(
			`insert into orchestrator.heartbeats
				(slot_key, slot_at, interval_seconds, owner, lease_until, taken_at, last_at, deviation_ms, clock_skew_ms, finished_at, run_id)
			select 'heartbeat:3600:old', clock_timestamp() - interval '3 hours', 3600, 'a', now(), now(), now(), 0, 0, now(), id
			from orchestrator.workflow_orchestration`,
		);
		expect(await kindsFound()).toContain('missed_heartbeats');
	});

	test('a type with a cadence starts again after one cadence, not when the clock is there again', async () => {
		await database.query(
			'update orchestrator.workflow_types set cadence_seconds = 60 where workflow_type = $1',
			[TYPE],
		);
		const execution = await startOne(orchestrator);
		await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
		await goBack();
		await orchestrator.runs.recover();
		await orchestrator.queue.enqueue([task()]);
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
		await moveInstants(database, -61);
		const claimed = await orchestrator.queue.claim(planFor());
		await database.query('update orchestrator.workflow_types set cadence_seconds = null');
		expect(claimed).toHaveLength(1);
	});
});

test('a clock that stays behind the newest task stays an open anomaly until it has caught up', async () => {
	await orchestrator.queue.enqueue([task()]);
	await database.query(`update orchestrator.tasks set created_at = now() + interval '1 hour'`);
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 1, open: 1 });
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 1, open: 1 });
	expect(await database.query('select * from orchestrator.anomalies')).toHaveLength(1);
	await database.query('update orchestrator.tasks set created_at = now()');
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 0, resolved: 1, open: 0 });
});

test('missed heartbeats are recorded until one is completed', async () => {
	const beat = async () => {
		const answer = await orchestrator.runs.takeSlot({
			owner: 'a',
			intervalSeconds: 3600,
			localTime: new Date(),
		});
		if (!answer.won) throw new Error(answer.reason);
		const { runId } = await orchestrator.runs.begin({ kind: 'heartbeat', owner: 'a', slot: answer.slot });
		await orchestrator.runs.complete(runId);
	};
	await beat();
	expect(await kindsFound()).toEqual([]);
	await database.query(
		`update orchestrator.heartbeats set slot_key = 'heartbeat:3600:old', slot_at = slot_at - interval '3 hours'`,
	);
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 1, open: 1 });
	expect(await anomaly('missed_heartbeats')).toMatchObject({ entity_id: 'heartbeat:3600:old', over: false });
	await beat();
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 0, resolved: 1, open: 0 });
});

test('a receipt without an outcome is withdrawn, so that the repeated callback is applied', async () => {
	const execution = await startOne(orchestrator);
	await database.query(
		`insert into orchestrator.callback_receipts (webhook_id, execution_id, epoch, outcome, received_at)
		values ('cb_x', $1, 1, 'pending', now() - interval '2 minutes')`,
		[execution.executionId],
	);
	const items = [succeeded(onlyTask(execution))];
	expect((await report(orchestrator, execution, items, 'cb_x')).outcome).toBe('duplicate');
	expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ found: 1, repaired: 1, resolved: 1 });
	expect((await report(orchestrator, execution, items, 'cb_x')).outcome).toBe('applied');
});

describe('a zombie', () => {
	const takenAway = async () => {
		const execution = await startOne(orchestrator);
		await expireLease(database, execution.executionId);
		await orchestrator.runs.recover();
		return execution;
	};
	const health = async () =>
		(await oneRow(database, 'select orchestrator.get_system_health() as health')).health as Record<
			string,
			unknown
		>;

	test('is an execution that was taken away after its start: listed, counted, an open anomaly', async () => {
		const execution = await takenAway();
		expect(await orchestrator.runs.zombies()).toMatchObject([
			{ executionId: execution.executionId, n8nExecutionId: '77', epoch: 1, stopAskedAt: null },
		]);
		await orchestrator.runs.recover();
		expect(await health()).toMatchObject({ status: 'degraded', zombies: 1, open_anomalies: 1 });
		expect(await anomaly('zombie')).toMatchObject({ entity_id: execution.executionId, over: false });
	});

	test('is none any more once its late report came, whose usage is recorded', async () => {
		const execution = await takenAway();
		const usage = [
			{ provider: 'openai', model: 'gpt-4o-mini', requests: 1, input_tokens: 10, output_tokens: 1 },
		];
		expect((await report(orchestrator, execution, [succeeded(onlyTask(execution), usage)])).outcome).toBe(
			'stale',
		);
		expect(await orchestrator.runs.zombies()).toEqual([]);
		expect(await database.query('select stale from orchestrator.workflow_resource_usage')).toEqual([
			{ stale: true },
		]);
		expect((await orchestrator.runs.recover()).anomalies).toMatchObject({ open: 0 });
	});

	test('is none any more once its n8n execution ended, by the hook or by the error workflow', async () => {
		const execution = await takenAway();
		expect(await orchestrator.executions.abandon(execution, { message: 'ended' })).toBe(0);
		expect(await orchestrator.runs.zombies()).toEqual([]);
		await takenAway();
		await orchestrator.executions.abandonByN8nExecution('77', { message: 'failed' });
		expect(await orchestrator.runs.zombies()).toEqual([]);
	});

	test('is none any more once n8n confirmed that it does not run, but is one while it was only asked', async () => {
		const { executionId } = await takenAway();
		expect(await orchestrator.runs.noteZombie(executionId, false)).toBe(true);
		expect(await orchestrator.runs.zombies()).toMatchObject([{ stopAskedAt: expect.any(Date) }]);
		expect(await orchestrator.runs.noteZombie(executionId, true)).toBe(true);
		expect(await orchestrator.runs.zombies()).toEqual([]);
		expect(await orchestrator.runs.noteZombie(executionId, true)).toBe(false);
	});

	test('is not made of an execution that never started, that reported, or that still runs', async () => {
		const refused = await claimOne(orchestrator);
		await orchestrator.executions.refuse(refused, { message: 'no' });
		const done = await startOne(orchestrator);
		await report(orchestrator, done, [succeeded(onlyTask(done))]);
		await startOne(orchestrator);
		const accepted = await claimOne(orchestrator);
		await orchestrator.executions.accept(accepted, 'msg_1');
		await expireLease(database, accepted.executionId);
		await orchestrator.runs.recover();
		expect(await orchestrator.runs.zombies()).toEqual([]);
	});
});

test('a run in ERROR_RECOVERY stops nothing: results are settled, leases renewed and expired, work claimed', async () => {
	const [first, second] = [await startOne(orchestrator), await startOne(orchestrator)];
	const run = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'a' });
	await orchestrator.runs.fail(run.runId, { message: 'boom' });
	expect((await executionRow(database, run.runId)).status).toBe('ERROR_RECOVERY');
	expect(await orchestrator.executions.renew(first)).not.toBeNull();
	expect((await report(orchestrator, first, [succeeded(onlyTask(first))])).outcome).toBe('applied');
	await expireLease(database, second.executionId);
	expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1, requeuedTasks: 1 });
	await orchestrator.queue.enqueue([task()]);
	const third = await reclaim(orchestrator);
	expect(await orchestrator.executions.accept(third, 'msg_3')).toBe('accepted');
	expect(await orchestrator.executions.start(third, '78')).not.toBeNull();
	const next = await orchestrator.runs.begin({ kind: 'wake_up', owner: 'b' });
	expect(await orchestrator.runs.complete(next.runId)).toBe(true);
});

test('several who recover at once repair each thing once', async () => {
	const execution = await startOne(orchestrator);
	await database.query(
		'update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null',
	);
	const processes = Array.from({ length: 4 }, () => database.orchestrator());
	const reports = await Promise.all(processes.map((each) => each.runs.recover()));
	expect(reports.reduce((sum, each) => sum + each.anomalies.repaired, 0)).toBe(1);
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ attempts: 1 });
});
