import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	age,
	archive,
	archiveAll,
	archivedCounts,
	emptyArchive,
	endedRun,
	fingerprint,
} from './history-scenario';
import {
	emptyQueue,
	failed,
	letWaitingPass,
	oneRow,
	openQueue,
	planFor,
	reclaim,
	report,
	succeeded,
	task,
	taskRow,
} from './scenario';

// Many round trips each; a busy machine is no fault.
jest.setTimeout(120_000);

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => {
	await emptyQueue(database);
	await emptyArchive(database);
});

const live = async () =>
	oneRow(
		database,
		`select (select count(*)::integer from orchestrator.tasks) as tasks,
			(select count(*)::integer from orchestrator.workflow_orchestration) as executions,
			(select count(*)::integer from orchestrator.state_transitions) as transitions,
			(select count(*)::integer from orchestrator.failures) as failures`,
	);
const NOTHING = { tasks: 0, executions: 0, transitions: 0, failures: 0 };

test('the archive has the columns of the live tables, in their order and of their types', async () => {
	const columns = async (table: string) =>
		database.query(
			`select attname, atttypid::regtype::text as type, attnotnull from pg_attribute
			where attrelid = ('orchestrator.' || $1)::regclass and attnum > 0 and not attisdropped order by attnum`,
			[table],
		);
	expect(await columns('archived_tasks')).toEqual(await columns('tasks'));
	expect(await columns('archived_executions')).toEqual(await columns('workflow_orchestration'));
	expect(await columns('archived_transitions')).toEqual(await columns('state_transitions'));
	expect(await columns('archived_failures')).toEqual(await columns('failures'));
});

test('a run that ended 40 days ago moves whole: tasks, execution, log and the run itself; a young one stays', async () => {
	await endedRun(orchestrator);
	await age(database);
	const young = await endedRun(orchestrator, 2);
	const before = await fingerprint(database);
	await archiveAll(database);
	expect(await fingerprint(database)).toEqual(before);
	expect(await archivedCounts(database)).toMatchObject({ tasks: 3, executions: 2 });
	expect(await live()).toMatchObject({ tasks: 2, executions: 2 });
	expect((await taskRow(database, young.taskIds[0]!)).state).toBe('succeeded');
});

test('29 days are too young, and less than a day is refused', async () => {
	await endedRun(orchestrator);
	await age(database, 29);
	await archiveAll(database);
	expect(await archivedCounts(database)).toEqual(NOTHING);
	await expect(
		database.query(`select orchestrator.archive_history(p_older_than => interval '1 hour')`),
	).rejects.toMatchObject({ code: 'OR005' });
});

test.each([
	['a task of the same execution that waits for its next attempt', 'retry'],
	['another execution of the run that still runs', 'execution'],
	['a successor that is queued', 'successor'],
	['a child of the execution that is queued', 'child'],
	['a dead letter that may still be redriven', 'dead'],
])('a tree with a live member stays whole: %s', async (_, member) => {
	const { runId } = await orchestrator.runs.begin({ kind: 'manual', owner: 'test' });
	await orchestrator.queue.enqueue([task(), task(), task()]);
	const [first] = await orchestrator.queue.claim(planFor({ runId, maxExecutions: 1 }, 2));
	const [one, two] = first!.items.map((item) => item.task_id);
	if (member === 'execution') await orchestrator.queue.claim(planFor({ runId, maxExecutions: 1 }, 1));
	if (member === 'dead') await database.query(`update orchestrator.workflow_types set dead_letter_days = 90`);
	const advice = member === 'dead' ? { recommended: false, not_before: null } : undefined;
	const second = ['retry', 'dead'].includes(member) ? failed(two!, advice) : succeeded(two!);
	await report(orchestrator, first!, [succeeded(one!), second]);
	await orchestrator.runs.complete(runId);
	await age(database);
	if (member === 'successor') await orchestrator.queue.enqueue([task({ parentTaskId: one! })]);
	if (member === 'child') await orchestrator.queue.enqueue([task({ parentExecutionId: first!.executionId })]);
	const before = await live();
	await archiveAll(database);
	await database.query(`update orchestrator.workflow_types set dead_letter_days = 30`);
	expect(await archivedCounts(database)).toEqual(NOTHING);
	expect(await live()).toEqual(before);
});

test('a task that several executions carried moves with all of them, its failures too', async () => {
	await orchestrator.queue.enqueue([task(), task()]);
	const first = await reclaim(orchestrator, 2);
	await report(orchestrator, first, [succeeded(first.items[0]!.task_id), failed(first.items[1]!.task_id)]);
	await letWaitingPass(database);
	const second = await reclaim(orchestrator);
	await report(orchestrator, second, [succeeded(second.items[0]!.task_id)]);
	await age(database);
	const before = await fingerprint(database);
	const moved = await archive(database);
	expect(moved).toMatchObject({ tasks: 2, executions: 2, failures: 1 });
	expect(await live()).toMatchObject(NOTHING);
	expect(await fingerprint(database)).toEqual(before);
});

test('a tree of more rows than a call may move goes over several calls, children first, and nothing is lost between them', async () => {
	const { runId, taskIds } = await endedRun(orchestrator, 6);
	await age(database);
	const before = await fingerprint(database);
	let sawUpperPart = false;
	for (let more = true; more;) {
		const moved = await archive(database, 1);
		more = moved.more;
		expect(moved.tasks + moved.executions + moved.transitions + moved.failures).toBeLessThanOrEqual(1);
		expect(await fingerprint(database)).toEqual(before);
		// What is above is never gone while something below is still there.
		const [run] = await database.query('select 1 from orchestrator.workflow_orchestration where id = $1', [
			runId,
		]);
		const [below] = await database.query('select 1 from orchestrator.tasks where id = any ($1)', [taskIds]);
		expect(below !== undefined && run === undefined).toBe(false);
		sawUpperPart ||= below === undefined && run !== undefined;
	}
	expect(sawUpperPart).toBe(true);
	expect(await live()).toEqual(NOTHING);
});

test('a tree that another transaction holds is passed by without waiting, and moves when it is free', async () => {
	const { taskIds } = await endedRun(orchestrator);
	await endedRun(orchestrator, 1);
	await age(database);
	const other = await database.client();
	await other.query('begin');
	await other.query('select 1 from orchestrator.tasks where id = $1 for update', [taskIds[1]]);
	await archiveAll(database);
	expect(await archivedCounts(database)).toMatchObject({ tasks: 1 });
	await other.query('rollback');
	await archiveAll(database);
	expect(await archivedCounts(database)).toMatchObject({ tasks: 4 });
});

test('a dead task that is redriven between the look and the lock stays with its tree', async () => {
	await orchestrator.queue.enqueue([task()]);
	const execution = await reclaim(orchestrator);
	const taskId = execution.items[0]!.task_id;
	await report(orchestrator, execution, [failed(taskId, { recommended: false, not_before: null })]);
	await age(database, 100);
	const other = await database.client();
	await other.query('begin');
	await other.query(
		`update orchestrator.tasks set state = 'scheduled', not_before = now(), finished_at = null where id = $1`,
		[taskId],
	);
	const archiving = archiveAll(database);
	await archiving;
	await other.query('commit');
	await archiveAll(database);
	expect(await archivedCounts(database)).toEqual(NOTHING);
	expect((await taskRow(database, taskId)).state).toBe('scheduled');
});

test('many archivers at once, while tasks settle: every row is in one place, none is lost', async () => {
	for (let n = 0; n < 8; n++) await endedRun(orchestrator, 4);
	await age(database);
	const before = await fingerprint(database);
	let archiving = true;
	const settled: string[] = [];
	const settling = (async () => {
		const worker = database.orchestrator();
		while (archiving || settled.length === 0) settled.push(...(await endedRun(worker, 2)).taskIds);
	})();
	await Promise.all(
		[0, 1, 2, 3].map(async () => {
			const process = database.orchestrator();
			for (let n = 0; n < 12; n++) await process.runs.recover();
		}),
	).finally(() => (archiving = false));
	await settling;
	await archiveAll(database, 11);
	expect(await fingerprint(database, { onlyArchived: true })).toEqual(before);
	const left = await database.query(
		`select id::text as id, state, finished_at is not null as ended from orchestrator.tasks order by tasks.id`,
	);
	expect(left).toEqual(settled.map((id) => ({ id, state: 'succeeded', ended: true })));
});

/** Archives in small bites until nothing is left, or kills itself with one bite more than it was told on its way to the server. */
const ARCHIVER = `
	const { Client } = require('pg');
	(async () => {
		const client = new Client({ connectionString: process.env.URL });
		await client.connect();
		for (let bites = 0, more = true; more; bites++) {
			const bite = client.query('select orchestrator.archive_history(1) as answer');
			if (bites === Number(process.env.BITES)) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
			more = (await bite).rows[0].answer.more;
		}
		await client.end();
	})().catch(() => process.exit(1));`;

test('an archiver killed in the middle, again and again: every row is in one place, and the next one goes on', async () => {
	for (let n = 0; n < 6; n++) await endedRun(orchestrator, 4);
	await age(database);
	const before = await fingerprint(database);
	let kills = 0;
	for (let bites = 1; ; bites += 3) {
		const child = spawn(process.execPath, ['-e', ARCHIVER], {
			cwd: process.cwd(),
			env: { PATH: process.env.PATH, URL: database.url, BITES: String(bites) },
		});
		const [, signal] = (await once(child, 'close')) as [number | null, string | null];
		expect(await fingerprint(database)).toEqual(before);
		if (signal !== 'SIGKILL') break;
		kills++;
	}
	expect(kills).toBeGreaterThan(3);
	await archiveAll(database);
	expect(await live()).toEqual(NOTHING);
	expect(await fingerprint(database)).toEqual(before);
});

test('a connection that is cut before the commit leaves everything where it was', async () => {
	await endedRun(orchestrator);
	await age(database);
	const before = await fingerprint(database);
	const client = await database.client();
	await client.query('begin');
	const { rows } = await client.query<{ answer: { tasks: number }; pid: number }>(
		'select orchestrator.archive_history() as answer, pg_backend_pid() as pid',
	);
	expect(rows[0]!.answer.tasks).toBe(3);
	await database.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
	await expect(client.query('commit')).rejects.toThrow();
	expect(await archivedCounts(database)).toEqual(NOTHING);
	expect(await fingerprint(database)).toEqual(before);
});

test('recovery archives by itself in small bites, and a lock in the way does not stop it', async () => {
	await endedRun(orchestrator);
	await age(database);
	const other = await database.client();
	await other.query('begin');
	await other.query('lock table orchestrator.archived_tasks in access exclusive mode');
	await orchestrator.runs.recover();
	await other.query('rollback');
	expect(await archivedCounts(database)).toEqual(NOTHING);
	await orchestrator.runs.recover();
	expect(await archivedCounts(database)).toMatchObject({ tasks: 3, executions: 2 });
});

test('an idempotency key outlives its task’s move to the archive, and is forgotten with its receipts after its time', async () => {
	const [first] = await orchestrator.queue.enqueue([task({ idempotencyKey: 'once' })]);
	const execution = await reclaim(orchestrator);
	await report(orchestrator, execution, [succeeded(first!.taskId)]);
	const purge = async () =>
		(await oneRow(database, 'select orchestrator.purge_retained(p_keep => $1) as answer', ['1 day'])).answer;
	await age(database, 59);
	await archiveAll(database);
	expect(await purge()).toMatchObject({ keys: 0, receipts: 0 });
	expect((await orchestrator.queue.enqueue([task({ idempotencyKey: 'once' })]))[0]).toEqual({
		taskId: first!.taskId,
		idempotencyKey: 'once',
		created: false,
		existingState: 'succeeded',
	});
	await database.query(
		`update orchestrator.archived_tasks set finished_at = finished_at - interval '2 days'`,
	);
	await database.query(
		`update orchestrator.callback_receipts set received_at = received_at - interval '61 days'`,
	);
	expect(await purge()).toEqual({ keys: 1, receipts: 1, more: false });
	expect((await orchestrator.queue.enqueue([task({ idempotencyKey: 'once' })]))[0]).toMatchObject({
		created: true,
	});
});
