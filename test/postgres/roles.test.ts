import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { listPrivileges } from '../support/privileges';
import { LOGINS } from '../support/test-cluster';

const EXPECTED = join(__dirname, 'privileges.txt');
const WHAT_TO_DO = `These rights are not those of test/postgres/privileges.txt. A new function belongs into the list in
migrations/privileges/4_functions.sql (worker, reader, admin, pure, trigger or internal), a new table or column that a
reader may see into 5_tables.sql. When the rights below are meant: WRITE_PRIVILEGES=1 and run this test once.`;

// Each login tries each function: many connections, and a busy machine is no fault.
jest.setTimeout(60_000);

let database: TestDatabase;
beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => database.drop());

type Login = keyof typeof LOGINS;

test('every role has exactly the committed rights on every object, and whatever is not listed belongs to nobody', async () => {
	const actual = await listPrivileges(database);
	if (process.env.WRITE_PRIVILEGES) writeFileSync(EXPECTED, `${actual.join('\n')}\n`);
	const expected = readFileSync(EXPECTED, 'utf8').trimEnd().split('\n');
	const more = actual.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`);
	const less = expected.filter((line) => !actual.includes(line)).map((line) => `- ${line}`);
	if (more.length + less.length > 0) throw new Error([WHAT_TO_DO, ...less, ...more].join('\n'));
});

test('every function has its line in the list', async () => {
	const list = readFileSync(join(__dirname, '../../migrations/privileges/4_functions.sql'), 'utf8');
	const names = await database.query(
		`select distinct proname as name from pg_proc where pronamespace = 'orchestrator'::regnamespace`,
	);
	const missing = names
		.map(({ name }) => String(name))
		.filter((name) => !new RegExp(`^\\s*${name}\\s+\\w`, 'm').test(list));
	if (missing.length > 0)
		throw new Error(
			`No line in migrations/privileges/4_functions.sql: ${missing.join(', ')}.\n${WHAT_TO_DO}`,
		);
});

test('PUBLIC has nothing, and nobody may pass a right on', async () => {
	const lines = await listPrivileges(database);
	expect(lines.length).toBeGreaterThan(100);
	expect(lines.filter((line) => /PUBLIC|\*/.test(line))).toEqual([]);
});

test('what is called from outside runs as the owner with a search_path of its own; nothing else does', async () => {
	const wrong = await database.query(`
		select p.proname from pg_proc p
		where p.pronamespace = 'orchestrator'::regnamespace and p.prosecdef and not coalesce(p.proconfig @> array['search_path=orchestrator, pg_temp'], false)
			or p.pronamespace = 'orchestrator'::regnamespace and not p.prosecdef and p.provolatile <> 'i'
				and (has_function_privilege('orchestrator_worker', p.oid, 'execute') or has_function_privilege('orchestrator_reader', p.oid, 'execute'))`);
	expect(wrong).toEqual([]);
});

test('the owner cannot log in, is no superuser and does not pass row security by; nor do the other roles', async () => {
	const roles =
		await database.query(`select rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles
		where rolname in ('orchestrator_owner', 'orchestrator_admin', 'orchestrator_worker', 'orchestrator_reader')`);
	expect(roles).toHaveLength(4);
	for (const { rolname, ...attributes } of roles)
		expect([rolname, Object.values(attributes)]).toEqual([rolname, [false, false, false, false, false]]);
});

test('every table has row security, forced on its owner too, with policies for owner, admin and reader only', async () => {
	const tables = await database.query(`
		select c.oid::regclass::text as name, c.relrowsecurity and c.relforcerowsecurity as forced,
			(select array_agg(p.polroles::regrole[]::text || p.polcmd::text order by p.polname) from pg_policy p where p.polrelid = c.oid) as policies
		from pg_class c where c.relkind in ('r', 'p') and c.relnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace)`);
	expect(tables.length).toBeGreaterThan(20);
	for (const { name, ...rest } of tables)
		expect({ name, ...rest }).toEqual({
			name,
			forced: true,
			policies: ['{orchestrator_admin}*', '{orchestrator_owner}*', '{orchestrator_reader}r'],
		});
});

test('without its policy even the owner of a table sees none of its rows', async () => {
	const client = await database.client();
	await client.query('begin');
	const count = async () =>
		(await client.query('select count(*)::integer as n from orchestrator.workflow_types')).rows[0].n;
	expect(await count()).toBeGreaterThan(0);
	await client.query('drop policy owner_does_all on orchestrator.workflow_types');
	await client.query('drop policy admin_does_what_is_granted on orchestrator.workflow_types');
	expect(await count()).toBe(0);
	await client.query('rollback');
});

test('a right to read that somebody grants by hand shows no rows, because no policy says so', async () => {
	await database.query(`grant usage on schema orchestrator to ${LOGINS.stranger}`);
	await database.query(`grant select on orchestrator.workflow_types to ${LOGINS.stranger}`);
	const stranger = await database.as('stranger');
	expect((await stranger.query('select * from orchestrator.workflow_types')).rows).toEqual([]);
	await database.query(`revoke select on orchestrator.workflow_types from ${LOGINS.stranger}`);
	await database.query(`revoke usage on schema orchestrator from ${LOGINS.stranger}`);
});

describe('tried for real', () => {
	const TABLE_COMMANDS = {
		select: (table: string) => `select * from ${table}`,
		insert: (table: string) => `insert into ${table} select * from ${table} where false`,
		insertDefault: (table: string) => `insert into ${table} default values`,
		update: (table: string, column: string) => `update ${table} set ${column} = default`,
		delete: (table: string) => `delete from ${table}`,
		truncate: (table: string) => `truncate ${table} cascade`,
		lock: (table: string) => `lock table ${table} in access exclusive mode`,
	};

	/** What no role at all could do: a view or an identity column refuses it before rights are looked at. */
	const IMPOSSIBLE = new Set(['0A000', '428C9', '42809', '55000']);

	const refused = (answer: string) => answer === '42501' || IMPOSSIBLE.has(answer);

	const REFUSED: Array<[Login, Array<keyof typeof TABLE_COMMANDS>]> = [
		['worker', ['select', 'insert', 'insertDefault', 'update', 'delete', 'truncate', 'lock']],
		['stranger', ['select', 'insert', 'insertDefault', 'update', 'delete', 'truncate', 'lock']],
		['reader', ['insert', 'insertDefault', 'update', 'delete', 'truncate', 'lock']],
	];
	test.each(REFUSED)('%s is refused on every table and view', async (login, commands) => {
		const client = await database.as(login);
		const answers = new Map<string, string>();
		for (const { name, column } of await tables())
			for (const command of commands)
				answers.set(`${command} ${name}`, await attempt(client, TABLE_COMMANDS[command](name, column)));
		expect(answers.size).toBeGreaterThan(20 * commands.length);
		expect([...answers].filter(([, answer]) => !refused(answer))).toEqual([]);
	});

	test('worker and stranger can use no sequence, and create nothing in our schemas', async () => {
		for (const login of ['worker', 'reader', 'stranger'] as const) {
			const client = await database.as(login);
			for (const sql of [
				`select nextval('orchestrator.mutex_fencing_tokens')`,
				`select setval('orchestrator.mutex_fencing_tokens', 1)`,
				`select last_value from orchestrator.mutex_fencing_tokens`,
				`create table orchestrator.mine (id integer)`,
				`create function content.mine() returns integer language sql as 'select 1'`,
				`create table pg_temp.mine (hold orchestrator.mutex_hold)`,
				`alter function orchestrator.score(integer, timestamptz, timestamptz) stable`,
				`drop table orchestrator.tasks`,
				`set role orchestrator_owner`,
				`grant orchestrator_owner to current_user`,
				`alter role orchestrator_worker superuser`,
			])
				expect([login, sql, await attempt(client, sql)]).toEqual([login, sql, '42501']);
		}
	});

	test('reader sees its columns with their rows, and nothing of what tasks carry, nor addresses', async () => {
		await database.query(
			`insert into orchestrator.fair_keys (fair_key, workflow_type) values ('k', 'content_pipeline')`,
		);
		await database.query(`insert into orchestrator.tasks (workflow_type, fair_key, idempotency_key, state, priority, input, eligible_at)
			values ('content_pipeline', 'k', 'key', 'queued', 5, '{"canary": true}', now())`);
		const reader = await database.as('reader');
		expect((await reader.query('select id, state from orchestrator.tasks')).rows).toHaveLength(1);
		const hidden = [
			['orchestrator.tasks', 'input', 'result', 'context', 'error', 'successors'],
			['orchestrator.failures', 'message', 'error', 'input', 'result'],
			['orchestrator.workflow_orchestration', 'context', 'error', 'endpoint_url', 'callback_url', 'model'],
			['orchestrator.state_transitions', 'context'],
			['orchestrator.endpoints', 'url', 'disabled_reason'],
			['orchestrator.dispatch_addresses', 'endpoint_url', 'callback_url'],
			['orchestrator.llm_models', 'base_url'],
			['orchestrator.audit_log', 'old_row', 'new_row'],
			['content.articles', 'title', 'outline', 'body', 'target_keyword'],
		];
		for (const [table, ...columns] of hidden)
			for (const column of columns)
				expect([table, column, await attempt(reader, `select ${column} from ${table}`)]).toEqual([
					table,
					column,
					'42501',
				]);
		// A whole row as one value would carry them all.
		expect(await attempt(reader, 'select t from orchestrator.tasks t')).toBe('42501');
		expect(await attempt(reader, 'select to_jsonb(t) from orchestrator.tasks t')).toBe('42501');
	});

	test('what a reader may call shows no input of any task', async () => {
		const reader = await database.as('reader');
		const [canary] = await database.query(`select id from orchestrator.tasks where input ? 'canary'`);
		const given: Record<string, string> = {
			bigint: String(canary?.id),
			integer: '100',
			jsonb: `'{}'`,
			interval: `'1 day'`,
			boolean: 'true',
			'timestamp with time zone': 'now()',
		};
		const functions = await callable('reader');
		expect(functions.map(({ call }) => call)).toContain('orchestrator.explain_task(null::bigint)');
		let shown = '';
		for (const { call } of functions) {
			// Where a name is asked for, none means all.
			const asked = call.replace(/null::([a-z ]+)/g, (none, type: string) => given[type] ?? none);
			const { rows } = await reader.query(`select ${asked} as answer`);
			expect([asked, JSON.stringify(rows).includes('canary')]).toEqual([asked, false]);
			shown += JSON.stringify(rows);
		}
		expect(shown).toContain(`"taskId":"${String(canary?.id)}"`);
	});

	test('each login can call what the list gives its role, and nothing else; what it can call never lacks a right inside', async () => {
		const functions = await callable(null);
		expect(functions.length).toBeGreaterThan(80);
		for (const login of ['worker', 'reader', 'admin', 'stranger'] as const) {
			const client = await database.as(login);
			const granted = new Set(login === 'stranger' ? [] : (await callable(login)).map((each) => each.call));
			for (const { call, trigger } of functions) {
				if (trigger) continue;
				const denied = (await attempt(client, `select ${call}`)) === '42501';
				expect([login, call, denied]).toEqual([login, call, !granted.has(call)]);
			}
		}
	});

	test('admin reads everything, changes configuration only, and not the logs', async () => {
		const admin = await database.as('admin');
		const changes: string[] = [];
		for (const { name, column } of await tables()) {
			expect([name, await attempt(admin, `select * from ${name}`)]).toEqual([name, 'done']);
			for (const command of ['insertDefault', 'update', 'delete', 'truncate'] as const)
				if (!refused(await attempt(admin, TABLE_COMMANDS[command](name, column))))
					changes.push(`${command.replace('Default', '')} ${name.replace('orchestrator.', '')}`);
		}
		const all = (table: string) => [`insert ${table}`, `update ${table}`, `delete ${table}`];
		expect(changes.sort()).toEqual(
			[
				...['workflow_types', 'fair_keys', 'llm_models', 'endpoints'].flatMap(all),
				'insert execution_slots',
				'delete execution_slots',
			].sort(),
		);
	});

	async function tables(): Promise<Array<{ name: string; column: string }>> {
		const rows = await database.query(`
			select c.oid::regclass::text as name, (select quote_ident(a.attname) from pg_attribute a
				where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum desc limit 1) as column
			from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace)
			order by 1`);
		return rows.map((row) => ({ name: String(row.name), column: String(row.column) }));
	}

	/** Calls with null for every argument; with a role: only those that it may call. */
	async function callable(role: Exclude<Login, 'stranger'> | null) {
		const rows = await database.query(
			`select p.oid::regproc || '(' || coalesce((select string_agg('null::' || format_type(t, null), ', ' order by n)
					from unnest(p.proargtypes) with ordinality as x(t, n)), '') || ')' as call, p.prorettype = 'trigger'::regtype as trigger
			from pg_proc p where p.pronamespace = 'orchestrator'::regnamespace
				and ($1::text is null or has_function_privilege($1, p.oid, 'execute'))`,
			[role === null ? null : `orchestrator_${role}`],
		);
		return rows.map((row) => ({ call: String(row.call), trigger: row.trigger === true }));
	}
});

/** Runs and takes back; 'done', or the SQLSTATE with which it was refused. */
async function attempt(client: Client, sql: string): Promise<string> {
	await client.query('begin');
	try {
		await client.query(`set local lock_timeout = '5s'`);
		await client.query(sql);
		return 'done';
	} catch (error) {
		return error instanceof Error && 'code' in error ? String(error.code) : 'no SQLSTATE';
	} finally {
		await client.query('rollback');
	}
}
