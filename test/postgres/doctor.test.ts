import { createOrchestrator, exitCodeOf, type Finding } from '../../core';
import { deafRelay } from '../support/deaf-relay';
import { adminUrl, freshDatabase, type TestDatabase } from '../support/postgres';
import { LOGIN_PASSWORD } from '../support/test-cluster';
import { command } from './command';
import { endedRun } from './history-scenario';
import { claimOne, expireLease, openType, startOne } from './scenario';

// Many round trips each; a busy machine is no fault.
jest.setTimeout(120_000);

let database: TestDatabase;
beforeEach(async () => {
	database = await freshDatabase();
	await openType(database, database.orchestrator());
});
afterEach(async () => database.drop());

const now = () => new Date();
const examine = async (localTime = now): Promise<Finding[]> =>
	database.orchestrator().doctor.examine({ localTime });
const about = (findings: Finding[], check: string): Finding => {
	const found = findings.find((each) => each.check === check);
	if (!found) throw new Error(`no finding about ${check}`);
	return found;
};

/** Connections are counted by login over all databases: other test files use the common ones at the same time. */
async function asLoginOfItsOwn<T>(ask: (url: string) => Promise<T>): Promise<T> {
	const login = `alone_${database.name}`;
	await database.query(
		`create role ${login} login password '${LOGIN_PASSWORD}' in role orchestrator_worker connection limit 20`,
	);
	const url = new URL(database.url);
	url.username = login;
	return await ask(url.href).finally(async () => database.query(`drop role ${login}`));
}

test('of a fresh database everything is as expected, and that is exit code 0', async () => {
	const findings = await asLoginOfItsOwn(async (connectionString) => {
		const orchestrator = createOrchestrator({ connection: { connectionString }, poolLingerMs: 0 });
		return await orchestrator.doctor.examine({ localTime: now }).finally(async () => orchestrator.close());
	});
	expect(findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
	expect(findings.length).toBeGreaterThan(18);
	expect(exitCodeOf(findings)).toBe(0);
	expect(about(findings, 'connection').value).toBe('direct');
});

const LOSE_SLOT =
	'update orchestrator.execution_slots set execution_id = null, workflow_type = null, fair_key = null';

/** What is done to the database, and the finding that must come of it. */
const FAULTS: [check: string, severity: Finding['severity'], value: RegExp, sql: string][] = [
	[
		'schema-version',
		'problem',
		/pending: functions\/score/,
		`update orchestrator.schema_functions set hash = 'x' where name = 'score'`,
	],
	[
		'changed-functions',
		'problem',
		/^promote_due$/,
		`do $$ begin execute (select replace(pg_get_functiondef(p.oid), 'scheduled', 'queued') from pg_proc p where proname = 'promote_due'); end $$`,
	],
	[
		'changed-functions',
		'problem',
		/^wake_up$/,
		`create function orchestrator.wake_up(integer) returns void language sql as ''`,
	],
	['changed-functions', 'problem', /^claim$/, 'alter function orchestrator.claim(jsonb) security invoker'],
	[
		'changed-functions',
		'problem',
		/^claim$/,
		'alter function orchestrator.claim(jsonb) set search_path = public',
	],
	['changed-functions', 'problem', /^promote_due$/, 'drop function orchestrator.promote_due'],
	[
		'unknown-functions',
		'warning',
		/mine\(\)/,
		`create function orchestrator.mine() returns void language sql as ''`,
	],
	['missing-objects', 'problem', /^index tasks_to_claim$/, 'drop index orchestrator.tasks_to_claim'],
	[
		'missing-objects',
		'problem',
		/^trigger log_new_tasks of tasks$/,
		'alter table orchestrator.tasks disable trigger log_new_tasks',
	],
	[
		'missing-objects',
		'problem',
		/constraint held_while_claimed/,
		'alter table orchestrator.tasks drop constraint held_while_claimed',
	],
	[
		'extra-objects',
		'warning',
		/^index my_index$/,
		'create index my_index on orchestrator.tasks (created_at)',
	],
	[
		'missing-objects',
		'problem',
		/^column coalesced of tasks, view history_tasks$/,
		'alter table orchestrator.tasks drop column coalesced cascade',
	],
	['extra-objects', 'warning', /^column extra of tasks$/, 'alter table orchestrator.tasks add extra text'],
	[
		'changed-objects',
		'problem',
		/^column cost_usd of workflow_resource_usage: numeric\(20,10\), instead of numeric\(14,6\)$/,
		'alter table orchestrator.workflow_resource_usage alter cost_usd type numeric(20, 10)',
	],
	[
		'changed-objects',
		'problem',
		/^column owner of heartbeats: text, instead of text not null$/,
		'alter table orchestrator.heartbeats alter owner drop not null',
	],
	[
		'changed-objects',
		'problem',
		/^column weight of workflow_types: integer not null default 2, instead of integer not null default 1$/,
		'alter table orchestrator.workflow_types alter weight set default 2',
	],
	[
		'changed-objects',
		'problem',
		/^index tasks_to_claim: ON orchestrator.tasks USING btree \(fair_key, id\), instead of ON orchestrator.tasks USING btree \(fair_key, priority, eligible_at, id\) WHERE/,
		'drop index orchestrator.tasks_to_claim; create index tasks_to_claim on orchestrator.tasks (fair_key, id)',
	],
	[
		'changed-objects',
		'problem',
		/^constraint callback_receipts_outcome_check of callback_receipts: CHECK \(true\), instead of CHECK /,
		`alter table orchestrator.callback_receipts drop constraint callback_receipts_outcome_check,
			add constraint callback_receipts_outcome_check check (true)`,
	],
	[
		'changed-objects',
		'problem',
		/^trigger keep_live_tasks of tasks: AFTER UPDATE .*, instead of AFTER DELETE /,
		`drop trigger keep_live_tasks on orchestrator.tasks; create trigger keep_live_tasks after update on orchestrator.tasks
			referencing old table as old_rows for each statement execute function orchestrator.guard_live_rows()`,
	],
	[
		'changed-objects',
		'problem',
		/^domain tally: .*VALUE >= '?-1/,
		`alter domain orchestrator.tally drop constraint tally_check; alter domain orchestrator.tally add constraint tally_check check (value >= -1)`,
	],
	[
		'rights',
		'problem',
		/^too many: rights of PUBLIC on table tasks \(select\)$/,
		'grant select on orchestrator.tasks to public',
	],
	[
		'rights',
		'problem',
		/^rights of orchestrator_reader on table tasks: select \(.*\binput\b.*\), instead of select \(/,
		'grant select (input) on orchestrator.tasks to orchestrator_reader',
	],
	[
		'rights',
		'problem',
		/^missing: rights of orchestrator_worker on function claim\(jsonb\)$/,
		'revoke execute on function orchestrator.claim(jsonb) from orchestrator_worker',
	],
	[
		'rights',
		'problem',
		/^too many: rights of PUBLIC on function redrive_dead_letters\(jsonb,jsonb\) \(execute\)$/,
		'grant execute on function orchestrator.redrive_dead_letters(jsonb, jsonb) to public',
	],
	[
		'rights',
		'problem',
		/^too many: rights of PUBLIC on schema orchestrator \(create, usage\)$/,
		'grant all on schema orchestrator to public',
	],
	[
		'rights',
		'problem',
		/^owner of function claim\(jsonb\): orchestrator_test, instead of orchestrator_owner$/,
		'alter function orchestrator.claim(jsonb) owner to orchestrator_test',
	],
	[
		'rights',
		'problem',
		/^missing: policy admin_does_what_is_granted of tasks$/,
		'drop policy admin_does_what_is_granted on orchestrator.tasks',
	],
	[
		'rights',
		'problem',
		/^policy reader_sees_what_is_granted of tasks: for select to PUBLIC using \(true\), instead of for select to orchestrator_reader using \(true\)$/,
		'alter policy reader_sees_what_is_granted on orchestrator.tasks to public',
	],
	[
		'rights',
		'problem',
		/^too many: policy more of tasks \(restrictive for all to PUBLIC using \(false\)\)$/,
		'create policy more on orchestrator.tasks as restrictive using (false)',
	],
	['row-security', 'problem', /^tasks$/, 'alter table orchestrator.tasks no force row level security'],
	['autovacuum', 'problem', /^tasks$/, 'alter table orchestrator.tasks set (autovacuum_enabled = false)'],
	[
		'unused-fair-keys',
		'warning',
		/^101 of 101$/,
		`insert into orchestrator.fair_keys (fair_key, workflow_type, created_at)
			select 'content_pipeline:' || n, 'content_pipeline', now() - interval '31 days' from generate_series(1, 101) n`,
	],
];

test.each(FAULTS)('finds %s (%s): %s', async (check, severity, value, sql) => {
	await database.query(sql);
	const finding = about(await examine(), check);
	expect(finding).toMatchObject({ severity, value: expect.stringMatching(value) as string });
	expect(finding.expected).not.toBe('');
	expect(finding.action).not.toBe('');
});

test('what was changed by hand is brought back by migrating with --reapply', async () => {
	await database.query(
		`do $$ begin execute (select replace(pg_get_functiondef(p.oid), 'scheduled', 'queued') from pg_proc p where proname = 'promote_due'); end $$`,
	);
	expect((await database.owner().schema.migrate()).applied).toEqual([]);
	expect(about(await examine(), 'changed-functions').value).toBe('promote_due');
	expect((await database.owner().schema.migrate({ reapply: true })).applied).toContain(
		'functions/promote_due',
	);
	expect(about(await examine(), 'changed-functions').value).toBe('none');
});

test('what was changed by hand stays told after a migration of something else, and a fingerprint that is taken otherwise than before tells nobody', async () => {
	// As a package before this one took it: of fewer properties.
	await database.query(`create or replace function orchestrator.function_fingerprint(p_name text) returns text language sql as
		'select md5(string_agg(prosrc, '''')) from pg_proc where pronamespace = ''orchestrator''::regnamespace and proname = p_name'`);
	await database.query(
		`update orchestrator.schema_functions set fingerprint = orchestrator.function_fingerprint(name) where name <> 'privileges'`,
	);
	await database.query(
		`update orchestrator.schema_functions set hash = 'older' where name in ('function_fingerprint', 'score')`,
	);
	await database.query(
		`do $$ begin execute (select replace(pg_get_functiondef(p.oid), 'scheduled', 'queued') from pg_proc p where proname = 'promote_due'); end $$`,
	);
	expect((await database.owner().schema.migrate()).applied).toEqual([
		'functions/function_fingerprint',
		'functions/score',
	]);
	expect(about(await examine(), 'changed-functions').value).toBe('promote_due');
});

test('rights that were changed by hand are brought back by migrating with --reapply', async () => {
	await database.query('alter function orchestrator.claim(jsonb) security invoker');
	await database.query('revoke execute on function orchestrator.claim(jsonb) from orchestrator_worker');
	await database.query('grant select on orchestrator.tasks to public');
	await database.query('drop policy owner_does_all on orchestrator.workflow_types');
	expect(exitCodeOf(await examine())).toBe(2);
	await database.owner().schema.migrate({ reapply: true });
	expect((await examine()).filter(({ severity }) => severity !== 'ok')).toEqual([]);
});

test('finds leases that nobody recovered, and slots and executions that have lost each other', async () => {
	const orchestrator = database.orchestrator();
	const overdue = await startOne(orchestrator);
	await expireLease(database, overdue.executionId);
	const lost = await claimOne(orchestrator);
	await database.query(`${LOSE_SLOT} where execution_id = $1`, [lost.executionId]);
	const { runId } = await endedRun(orchestrator, 1);
	await database.query(
		`update orchestrator.execution_slots set execution_id = e.id, workflow_type = e.workflow_type, fair_key = e.fair_key
		from orchestrator.workflow_orchestration e where e.parent_execution_id = $1 and execution_slots.slot_no = 3`,
		[runId],
	);
	const ended = await database.query(
		`update orchestrator.workflow_orchestration set status = 'expired', lease_until = null, finished_at = now() where id = $1 returning 1`,
		[lost.executionId],
	);
	expect(ended).toHaveLength(1);
	await database.query('insert into orchestrator.execution_slots (slot_no) values (4)');
	const another = await claimOne(orchestrator);
	await database.query(`${LOSE_SLOT} where execution_id = $1`, [another.executionId]);
	const findings = await examine();
	expect(about(findings, 'overdue-leases')).toMatchObject({ severity: 'warning', value: '1' });
	expect(about(findings, 'slots-without-execution')).toMatchObject({ severity: 'problem', value: '3' });
	expect(about(findings, 'executions-without-slot')).toMatchObject({
		severity: 'problem',
		value: another.executionId,
	});
	expect(about(findings, 'tasks-without-execution')).toMatchObject({ severity: 'problem', value: '1' });
	expect(exitCodeOf(findings)).toBe(2);
});

test('finds a clock that is 5 s ahead, and a host database in another time zone', async () => {
	const findings = await examine(() => new Date(Date.now() + 5000));
	expect(about(findings, 'clock-skew')).toMatchObject({
		severity: 'warning',
		value: expect.stringMatching(/^(49|50)\d\d ms/) as string,
	});
	expect(exitCodeOf(findings)).toBe(1);
	await database.query(
		`do $$ begin execute format('alter database %I set timezone = ''UTC''', current_database()); end $$`,
	);
	const elsewhere = await database
		.orchestrator()
		.doctor.examine({ localTime: now, hostDatabaseUrl: adminUrl() });
	expect(about(elsewhere, 'timezone')).toMatchObject({
		severity: 'warning',
		value: 'UTC',
		expected: expect.stringContaining('Asia/Kolkata') as string,
	});
});

test('finds that LISTEN hears nothing behind a transaction pooler, and says that the orchestrator polls', async () => {
	const relay = await deafRelay(database.url);
	const orchestrator = createOrchestrator({ connection: { connectionString: relay.url }, poolLingerMs: 0 });
	const findings = await orchestrator.doctor.examine({ localTime: now });
	await orchestrator.close();
	await relay.close();
	expect(about(findings, 'connection')).toMatchObject({
		severity: 'warning',
		value: expect.stringContaining('polls') as string,
	});
});

test('finds a login whose connections are used up', async () => {
	const login = `doctor_${database.name}`;
	await database.query(
		`create role ${login} login password '${LOGIN_PASSWORD}' in role orchestrator_worker connection limit 3`,
	);
	const url = new URL(database.url);
	url.username = login;
	const busy = createOrchestrator({
		connection: { connectionString: url.href },
		poolMax: 1,
		poolLingerMs: 0,
	});
	const other = createOrchestrator({
		connection: { connectionString: `${url.href}?application_name=other` },
		poolMax: 2,
		poolLingerMs: 0,
	});
	await Promise.all([other.queue.list(), other.queue.list()]);
	const findings = await busy.doctor.examine({ localTime: now }).finally(async () => other.close());
	await busy.close();
	await database.query(`drop role ${login}`);
	expect(about(findings, 'connections')).toMatchObject({ severity: 'warning', value: '3 of 3' });
	expect(about(findings, 'connection').value).toContain('no connection was free');
});

test('finds dead rows that pile up under a snapshot which somebody holds open, the snapshot, and a prepared transaction', async () => {
	await database.query('alter table orchestrator.fair_keys set (autovacuum_enabled = false)');
	await database.query(
		`insert into orchestrator.fair_keys (fair_key, workflow_type) select 'content_pipeline:' || n, 'content_pipeline' from generate_series(1, 6000) n`,
	);
	const reader = await database.as('worker');
	await reader.query('begin isolation level repeatable read');
	const { rows } = await reader.query<{ pid: number }>('select pg_backend_pid() as pid, txid_current()');
	for (let round = 0; round < 2; round++)
		await database.query('update orchestrator.fair_keys set weight = weight + 1');
	const preparing = await database.client();
	await preparing.query('begin');
	await preparing.query('select txid_current()');
	await preparing.query(`prepare transaction 'stuck in ${database.name}'`);
	// The server's statistics follow within a second.
	let findings = await examine();
	for (
		const giveUpAt = Date.now() + 30_000;
		about(findings, 'dead-rows').severity === 'ok' && Date.now() < giveUpAt;
	)
		findings = await examine();
	expect(about(findings, 'dead-rows')).toMatchObject({
		severity: 'warning',
		value: expect.stringMatching(/^fair_keys: \d{5} dead, \d+ live$/) as string,
	});
	expect(about(findings, 'old-snapshot').value).toMatch(
		new RegExp(`^\\d+ s by process ${rows[0]!.pid}, \\d+ transactions ago`),
	);
	expect(about(findings, 'prepared-transactions').value).toMatch(
		new RegExp(`^stuck in ${database.name}, \\d+ s$`),
	);
	await reader.query('rollback');
	await database.query(`rollback prepared 'stuck in ${database.name}'`);
}, 60_000);

test('of a database without the schema it says what to do first', async () => {
	const empty = await freshDatabase({ migrated: false });
	const findings = await empty.orchestrator().doctor.examine({ localTime: now });
	await empty.drop();
	expect(findings).toMatchObject([
		{
			check: 'schema-version',
			severity: 'problem',
			value: 'none',
			action: expect.stringContaining('migrate') as string,
		},
	]);
});

test('the command prints every finding and what to do, ends with 0, 1 or 2, and shows no secret', async () => {
	const well = await asLoginOfItsOwn(async (url) => command(url, 'doctor'));
	expect(well).toMatchObject({
		status: 0,
		text: expect.stringContaining(' 0 problems, 0 warnings'.trim()) as string,
	});
	await database.query('create index my_index on orchestrator.tasks (created_at)');
	const warned = await command(database.url, 'doctor', '--json');
	expect(warned.status).toBe(1);
	expect(
		(JSON.parse(warned.text) as Finding[]).filter(({ severity }) => severity === 'warning'),
	).toHaveLength(1);
	await database.query('drop index orchestrator.tasks_to_claim');
	const broken = await command(database.url, 'doctor', '--n8n-database-url', database.ownerUrl);
	expect(broken.status).toBe(2);
	expect(broken.text).toMatch(
		/PROBLEM {2}Columns, views, indexes, constraints and triggers that are missing.*: index tasks_to_claim\n +expected: none\n +what to do: Create/,
	);
	for (const { text } of [well, warned, broken]) {
		expect(text).not.toContain(LOGIN_PASSWORD);
		expect(text).not.toContain('postgres://');
	}
}, 120_000);
