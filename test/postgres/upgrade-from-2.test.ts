import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dispatchWebhookId } from '../../core';
import { installOlderSchema } from '../support/older-schema';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { expireLease, letWaitingPass, oneRow, planFor, report, succeeded, taskRow, TYPE } from './scenario';

// Many round trips each; a busy machine is no fault.
jest.setTimeout(120_000);

let database: TestDatabase;
beforeEach(async () => {
	database = await freshDatabase({ migrated: false });
	await installOlderSchema(database, 2);
});
afterEach(async () => database.drop());

const migrate = async () => (await database.owner().schema.migrate()).applied;

interface InFlight {
	executionId: string;
	epoch: number;
	taskIds: string[];
}

/** What version 2 was doing when it was upgraded: an execution in each state, two of them to come back, the rest queued. */
async function workOfVersion2(): Promise<Record<'claimed' | 'accepted' | 'started' | 'lost', InFlight>> {
	const call = async (sql: string, ...values: unknown[]) =>
		(await database.query(sql, values)).map((row) => row.answer as Record<string, unknown>);
	for (const [kind, type, path] of [
		['task', TYPE, TYPE],
		['callback', null, 'callback'],
	])
		await call(
			`select orchestrator.register_endpoint('main', $1, $2, $3, false) as answer`,
			kind,
			type,
			`http://127.0.0.1:5678/${path}`,
		);
	await database.query(
		`update orchestrator.workflow_types set max_concurrent = 10, backoff_jitter_seconds = 0`,
	);
	await database.query('insert into orchestrator.execution_slots (slot_no) values (4), (5)');
	const tasks = Array.from({ length: 13 }, (_, n) => ({
		workflowType: TYPE,
		input: { n },
		idempotencyKey: `key ${n}`,
	}));
	await call('select orchestrator.enqueue_tasks($1) as answer', JSON.stringify(tasks));
	const run = await oneRow(
		database,
		`select orchestrator.begin_run('manual', 'version 2', null, null, null, '{}') as id`,
	);
	const executions = await call(
		'select orchestrator.claim($1) as answer',
		JSON.stringify(planFor({ maxExecutions: 5, runId: String(run.id) }, 2)),
	);
	const [claimed, accepted, started, lost, ended] = executions.map((each): InFlight => ({
		executionId: String(each.executionId),
		epoch: Number(each.epoch),
		taskIds: (each.items as { task_id: string }[]).map((item) => item.task_id),
	}));
	for (const each of [accepted!, started!, lost!, ended!])
		await call(
			'select orchestrator.accept_execution($1, $2, $3) as answer',
			each.executionId,
			each.epoch,
			dispatchWebhookId(each.executionId, each.epoch),
		);
	for (const each of [started!, lost!, ended!])
		await database.query('select * from orchestrator.start_execution($1, $2, $3)', [
			each.executionId,
			each.epoch,
			'77',
		]);
	await database.query('select * from orchestrator.settle_execution($1, $2)', [
		JSON.stringify({
			...ended!,
			execution_id: ended!.executionId,
			workflow_type: TYPE,
			n8n_execution_id: '77',
			items: ended!.taskIds.map((id) => succeeded(id)),
		}),
		'receipt-of-version-2',
	]);
	const lock = {
		lock: 'shared',
		instance: 'i',
		executionId: '1',
		era: '',
		session: '6d1f3c1e-6f0b-4f0e-9d56-0f9b6a1f0a01',
		workflowId: 'w',
		workflowName: 'W',
		nodeName: 'N',
		callers: [],
		permits: 1,
		leaseMs: 600_000,
		onBusy: 'skip',
		mode: 'acquire',
	};
	await call('select orchestrator.mutex_acquire($1) as answer', JSON.stringify(lock));
	return { claimed: claimed!, accepted: accepted!, started: started!, lost: lost! };
}

const states = async () =>
	(
		await oneRow(
			database,
			`select jsonb_object_agg(state, n) as states from (select state, count(*) as n from orchestrator.tasks group by 1) s`,
		)
	).states;

test('a database of version 2 in the middle of its work goes on after the upgrade: nothing is lost, no epoch goes back', async () => {
	const work = await workOfVersion2();
	expect(await states()).toEqual({ claimed: 4, running: 4, succeeded: 2, queued: 3 });
	const epochs = `select id, epoch from orchestrator.tasks order by id`;
	const before = await database.query(epochs);
	const applied = await migrate();
	expect(applied).toContain('functions/settle_items (dropped)');
	expect(await database.query(epochs)).toEqual(before);
	expect(await states()).toEqual({ claimed: 4, running: 4, succeeded: 2, queued: 3 });
	const orchestrator = database.orchestrator();

	// What was under way is accepted, started and settled as if nothing had happened; a duplicate of an old 202 too.
	const { claimed, accepted, started, lost } = work;
	expect(
		await orchestrator.executions.accept(accepted, dispatchWebhookId(accepted.executionId, accepted.epoch)),
	).toBe('duplicate');
	expect(
		await orchestrator.executions.accept(claimed, dispatchWebhookId(claimed.executionId, claimed.epoch)),
	).toBe('accepted');
	expect(await orchestrator.executions.start(accepted, '78')).not.toBeNull();
	for (const each of [claimed, accepted, started])
		expect(
			await report(
				orchestrator,
				each,
				each.taskIds.map((id) => succeeded(id)),
			),
		).toEqual({
			outcome: 'applied',
			settledTasks: each.taskIds,
		});
	expect(
		await database.query(
			`select webhook_id from orchestrator.callback_receipts where webhook_id = 'receipt-of-version-2'`,
		),
	).toHaveLength(1);

	// What was lost expires, comes back with a higher epoch, and its zombie changes nothing.
	await expireLease(database, lost.executionId);
	expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1, requeuedTasks: 2 });
	await letWaitingPass(database);
	expect(await report(orchestrator, lost, [succeeded(lost.taskIds[0]!)])).toMatchObject({ outcome: 'stale' });
	const claimedNow = await orchestrator.queue.claim(planFor({}, 2));
	expect(claimedNow.flatMap((each) => each.items)).toHaveLength(5);
	for (const each of claimedNow)
		await report(
			orchestrator,
			each,
			each.items.map((item) => succeeded(item.task_id)),
		);
	expect(await states()).toEqual({ succeeded: 13 });
	expect((await taskRow(database, lost.taskIds[0]!)).epoch).toBe(lost.epoch + 1);

	// Keys and locks are still taken.
	const again = await orchestrator.queue.enqueue([
		{ workflowType: TYPE, input: {}, idempotencyKey: 'key 3' },
	]);
	expect(again[0]!.created).toBe(false);
	expect((await orchestrator.mutexes.inspect('shared'))[0]?.holders).toHaveLength(1);
	const timeline = await orchestrator.history.timeline(lost.taskIds[0]!);
	expect(timeline!.events.filter((each) => each.kind === 'transition').map((each) => each.to)).toEqual([
		'queued',
		'claimed',
		'running',
		'failed',
		'scheduled',
		'queued',
		'claimed',
		'succeeded',
	]);
});

test('functions that the package has no more are dropped with all their overloads; those of a newer package stay', async () => {
	await migrate();
	const names = [
		'settle_items',
		'finish_execution',
		'keys_at_share_cap',
		'reserve_execution',
		'claimed_execution',
	];
	const left = `select proname from pg_proc where pronamespace = 'orchestrator'::regnamespace and proname = any ($1)`;
	expect(await database.query(left, [names])).toEqual([]);
	expect(
		await database.query('select name from orchestrator.schema_functions where name = any ($1)', [names]),
	).toEqual([]);
	const create = async () => {
		await database.query(
			`create function orchestrator.relic(integer) returns integer language sql as 'select 1'`,
		);
		await database.query(
			`create function orchestrator.relic(text) returns integer language sql as 'select 1'`,
		);
		await database.query(`insert into orchestrator.schema_functions (name, hash) values ('relic', 'x')`);
	};
	await create();
	expect(await migrate()).toEqual(['functions/relic (dropped)']);
	expect(await database.query(left, [['relic']])).toEqual([]);
	await create();
	await database.query(
		`insert into orchestrator.schema_migrations (version, name, checksum, serves_code_from) values (99, '0099_newer', 'x', 1)`,
	);
	expect(await migrate()).toEqual([]);
	expect(await database.query(left, [['relic']])).toHaveLength(2);
});

/** Migrates in a process of its own, which says which connection it uses. */
const MIGRATOR = `
	require(process.env.HOOK);
	const { createOrchestrator } = require(process.env.CORE);
	createOrchestrator({ connection: { connectionString: process.env.URL } }).schema.migrate().then(() => process.exit(0));`;

test('a migration that is killed in the middle leaves version 2 as it was, working', async () => {
	const { started } = await workOfVersion2();
	const before = await states();
	// It stops in the middle, with version 3 made and a later one begun: somebody reads the table that it wants to change next.
	const reader = await database.client();
	await reader.query('begin');
	await reader.query('lock table orchestrator.heartbeats in access share mode');
	const child = spawn(process.execPath, ['-e', MIGRATOR], {
		env: {
			PATH: process.env.PATH,
			URL: database.ownerUrl,
			HOOK: join(__dirname, '..', 'generator', 'typescript-hook.cjs'),
			CORE: join(__dirname, '..', '..', 'core', 'index.ts'),
		},
	});
	const closed = once(child, 'close');
	const waiting = `select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
	while ((await database.query(waiting)).length === 0 && child.exitCode === null) await sleep(20);
	child.kill('SIGKILL');
	expect(await closed).toEqual([null, 'SIGKILL']);
	await reader.query('rollback');
	await database.query(
		`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'master-orchestrator'`,
	);
	expect(
		await oneRow(
			database,
			`select max(version) as version, to_regclass('orchestrator.failures') as made from orchestrator.schema_migrations`,
		),
	).toEqual({
		version: 2,
		made: null,
	});
	expect(await states()).toEqual(before);
	await database.query('select * from orchestrator.settle_execution($1, $2)', [
		JSON.stringify({
			execution_id: started.executionId,
			epoch: started.epoch,
			workflow_type: TYPE,
			n8n_execution_id: '77',
			items: started.taskIds.map((id) => succeeded(id)),
		}),
		'receipt-2',
	]);
	expect(await states()).toMatchObject({ running: 2, succeeded: 4 });
	await migrate();
	expect(await states()).toMatchObject({ running: 2, succeeded: 4 });
});
