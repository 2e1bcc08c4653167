import pg from 'pg';
import { adminUrl, freshDatabase, type TestDatabase } from '../support/postgres';
import { expireLease, openType, startOne, TYPE } from './scenario';

// Many round trips each; a busy machine is no fault.
jest.setTimeout(60_000);

let database: TestDatabase;
beforeEach(async () => {
	database = await freshDatabase();
});
afterEach(async () => database.drop());

type Row = Record<'check_name' | 'status' | 'detail', string>;

async function validate(as: 'worker' | 'reader' | 'admin' = 'admin'): Promise<Row[]> {
	const operator = await database.as(as);
	return (await operator.query<Row>('select * from orchestrator.validate_coordinator_deployment()')).rows;
}

/** What a whole deployment does first: both addresses, and a heartbeat. */
async function deploy(): Promise<void> {
	const orchestrator = database.orchestrator();
	await openType(database, orchestrator);
	const answer = await orchestrator.runs.takeSlot({
		owner: 'test',
		intervalSeconds: 300,
		localTime: new Date(),
	});
	if (!answer.won) throw new Error('the slot was taken');
	const { runId } = await orchestrator.runs.begin({ kind: 'heartbeat', owner: 'test', slot: answer.slot });
	await orchestrator.runs.complete(runId);
}

const CHECKS =
	'schema objects rights roles workflow_types paused addresses slots models heartbeat health'.split(' ');

test.each(['worker', 'reader', 'admin'] as const)(
	'of a whole deployment every check is ok, whoever of %s asks, and every row says what was found',
	async (login) => {
		await deploy();
		const rows = await validate(login);
		expect(rows.map((row) => `${row.check_name} ${row.status}`)).toEqual(CHECKS.map((name) => `${name} ok`));
		expect(rows.map((row) => row.detail)).not.toContain('');
		expect(rows[0]?.detail).toMatch(/^version \d+, \d{3} functions/);
		expect(rows[4]?.detail).toBe(TYPE);
		expect(rows[7]?.detail).toBe('3 executions at once');
	},
);

test('of a database that was only migrated it says that nobody listens and that no heartbeat came, and what to publish', async () => {
	const bad = (await validate()).filter((row) => row.status !== 'ok');
	expect(bad).toEqual([
		{
			check_name: 'addresses',
			status: 'problem',
			detail: expect.stringMatching(/^content_pipeline\. Publish .*Task Trigger/) as string,
		},
		{
			check_name: 'heartbeat',
			status: 'problem',
			detail: 'none was completed yet. Publish the Master Orchestrator, and look at its executions in n8n.',
		},
	]);
});

const FAULTS: [check: string, status: string, detail: RegExp, sql: string][] = [
	[
		'schema',
		'problem',
		/^claim\. .*migrate --reapply\.$/,
		'alter function orchestrator.claim(jsonb) set work_mem = 64',
	],
	[
		'objects',
		'problem',
		/^disabled trigger log_new_tasks of tasks\. /,
		'alter table orchestrator.tasks disable trigger log_new_tasks',
	],
	[
		'objects',
		'problem',
		/^constraint mine of tasks, which was never validated\. /,
		'alter table orchestrator.tasks add constraint mine check (id > 0) not valid',
	],
	[
		'rights',
		'problem',
		/^rights of PUBLIC on table tasks: select\. .*migrate --reapply/,
		'grant select on orchestrator.tasks to public',
	],
	[
		'rights',
		'problem',
		/^rights of orchestrator_worker on table tasks: update\. /,
		'grant update on orchestrator.tasks to orchestrator_worker',
	],
	[
		'rights',
		'problem',
		/\bowner of table audit_log: orchestrator_test\. /,
		'alter table orchestrator.audit_log owner to orchestrator_test',
	],
	[
		'rights',
		'problem',
		/^heartbeats without forced row security\. /,
		'alter table orchestrator.heartbeats no force row level security',
	],
	[
		'rights',
		'problem',
		/^find_tasks\(jsonb\) does not run as its owner/,
		'alter function orchestrator.find_tasks(jsonb) security invoker',
	],
	[
		'workflow_types',
		'problem',
		/^there is none\. /,
		'delete from orchestrator.endpoints; delete from orchestrator.workflow_types',
	],
	[
		'paused',
		'warning',
		/^content_pipeline\. .*resume_queue/,
		`select orchestrator.pause_queue('{"workflowType": "content_pipeline"}', 'Kim', 'test')`,
	],
	[
		'addresses',
		'problem',
		/^content_pipeline\. Publish /,
		`delete from orchestrator.endpoints where kind = 'callback'`,
	],
	['slots', 'problem', /^there is none/, 'delete from orchestrator.execution_slots'],
	['models', 'warning', /^none is enabled\. /, 'update orchestrator.llm_models set enabled = false'],
	[
		'heartbeat',
		'problem',
		/^the last one was completed at .*, one is due every 300 s\. /,
		`update orchestrator.heartbeats set finished_at = finished_at - interval '601 seconds'`,
	],
];

test.each(FAULTS)('finds about %s (%s) %s', async (check, status, detail, sql) => {
	await deploy();
	await database.query(sql);
	const row = (await validate()).find((each) => each.check_name === check);
	expect(row).toEqual({ check_name: check, status, detail: expect.stringMatching(detail) as string });
});

test('finds work that nobody takes care of, with the reasons of get_system_health', async () => {
	await deploy();
	const execution = await startOne(database.orchestrator());
	await expireLease(database, execution.executionId);
	expect((await validate()).at(-1)).toEqual({
		check_name: 'health',
		status: 'warning',
		detail: expect.stringMatching(/^1 executions or runs are more than 60 s past their lease/) as string,
	});
});

test('finds that no login works with the rights of a worker', async () => {
	const url = new URL(adminUrl());
	url.pathname = `/${database.name}`;
	const superuser = new pg.Client({ connectionString: url.href });
	await superuser.connect();
	// Roles are the whole server's: never committed.
	await superuser.query('begin');
	await superuser.query(`delete from pg_auth_members where roleid = 'orchestrator_worker'::regrole`);
	const { rows } = await superuser.query<Row>(
		`select * from orchestrator.validate_coordinator_deployment() where check_name = 'roles'`,
	);
	await superuser.query('rollback');
	await superuser.end();
	expect(rows).toEqual([
		{
			check_name: 'roles',
			status: 'warning',
			detail: expect.stringMatching(/^no login is a member .*grant it orchestrator_worker/) as string,
		},
	]);
});
