import type { Client } from 'pg';
import { createOrchestrator } from '../../core';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { claimOne, emptyQueue, openType, report, startOne, succeeded } from './scenario';

/**
 * A worker that wants more than EXECUTE: it owns a schema with a function and an operator for everything that our functions
 * use, and temporary tables with the names of ours, and puts them first wherever names are looked up. Each of them raises
 * "trapped", so that using one cannot go unnoticed.
 */
let database: TestDatabase;
const HOSTILE_PATH = 'evil, pg_temp, pg_catalog, orchestrator';

beforeAll(async () => {
	database = await freshDatabase();
	const migrating = await database.client();
	await migrating.query(`create schema evil`);
	// To all: Postgres skips a schema that the one who runs may not use.
	await migrating.query(`grant usage, create on schema evil to public`);
	const worker = await database.as('worker');
	const { functions, operators } = await layTraps(worker);
	expect(functions).toBeGreaterThan(150);
	expect(operators).toBeGreaterThan(150);
});
afterAll(async () => database.drop());

/** Everything of our own and of pg_catalog that the bodies of our functions name; how many traps there are. */
async function layTraps(worker: Client): Promise<{ functions: number; operators: number }> {
	await worker.query(`do $do$
		declare v_sql text;
		begin
			for v_sql in
				with words as (select unnest(array['format', 'quote_ident', 'regexp_match', 'regexp_split_to_table', 'regexp_split_to_array', 'btrim',
						'array_to_string', 'replace', 'pg_has_role', 'to_regclass', 'hashtext', 'pg_advisory_xact_lock', 'to_regprocedure']) as word
					union select w[1] as word from pg_proc p cross join regexp_matches(p.prosrc, '[a-z_0-9]+', 'g') w
					where p.pronamespace = 'orchestrator'::regnamespace)
				select format('create function evil.%I(%s) returns %s language plpgsql as %L', p.proname,
					(select string_agg(format_type(t, null), ', ' order by n) from unnest(p.proargtypes) with ordinality as x(t, n)),
					case when p.proretset then 'setof ' else '' end || format_type(p.prorettype, null),
					'begin raise exception ''trapped by ' || p.proname || '''; end')
				from pg_proc p where p.prokind = 'f' and p.prorettype not in ('trigger'::regtype, 'internal'::regtype, 'record'::regtype)
					and (p.pronamespace = 'orchestrator'::regnamespace
						or p.pronamespace = 'pg_catalog'::regnamespace and p.proname in (select word from words))
				union all
				select format('create function evil.%I(%s, %s) returns %s language plpgsql as %L', 'operator_' || o.oid,
						o.oprleft::regtype, o.oprright::regtype, o.oprresult::regtype, 'begin raise exception ''trapped by operator ' || o.oprname || '''; end')
					|| format('; create operator evil.%s (leftarg = %s, rightarg = %s, function = evil.%I)', o.oprname,
						o.oprleft::regtype, o.oprright::regtype, 'operator_' || o.oid)
				from pg_operator o
				where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprright <> 0
					and o.oprname in ('=', '<>', '<', '<=', '>', '>=', '->', '->>', '||', '+', '-', '*', '/', '?', '~', '!~')
					and o.oprleft in ('text'::regtype, 'jsonb'::regtype, 'int4'::regtype, 'int8'::regtype, 'int2'::regtype, 'bool'::regtype, 'uuid'::regtype,
						'numeric'::regtype, 'float8'::regtype, 'interval'::regtype, 'timestamptz'::regtype, 'anyarray'::regtype, 'name'::regtype)
			loop
				begin
					execute v_sql;
				exception when others then null; -- Pseudo-types that plpgsql does not take.
				end;
			end loop;
		end $do$`);
	const { rows } = await worker.query<{ functions: number; operators: number }>(`select
		(select count(*)::integer from pg_proc where pronamespace = 'evil'::regnamespace and proname not like 'operator%') as functions,
		(select count(*)::integer from pg_operator where oprnamespace = 'evil'::regnamespace) as operators`);
	const [made] = rows;
	if (made === undefined) throw new Error('no answer');
	return made;
}

/** A session of the worker with temporary tables named as all of ours, and the hostile path. */
async function hostileSession(): Promise<Client> {
	const names = await database.query(
		`select relname from pg_class where relnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace) and relkind in ('r', 'v')`,
	);
	const client = await database.as('worker');
	for (const { relname } of names)
		await client.query(`create temporary table ${String(relname)} (trap text)`);
	await client.query(`set search_path = ${HOSTILE_PATH}`);
	return client;
}

test('the traps work: what the session itself says without a schema is caught', async () => {
	const client = await hostileSession();
	await expect(client.query(`select 'a'::text = 'a'::text`)).rejects.toThrow('trapped by operator =');
	await expect(client.query(`select clock_timestamp()`)).rejects.toThrow('trapped by clock_timestamp');
	expect((await client.query('select * from tasks')).fields.map((each) => each.name)).toEqual(['trap']);
});

test('no function that a worker may call meets a trap, whichever it calls', async () => {
	const calls = await database.query(`
		select p.proname as name, 'orchestrator.' || p.proname || '(' || coalesce((select string_agg('null::' || format_type(t, null), ', ' order by n)
			from unnest(p.proargtypes) with ordinality as x(t, n)), '') || ')' as call
		from pg_proc p where p.pronamespace = 'orchestrator'::regnamespace and p.prosecdef and has_function_privilege('orchestrator_worker', p.oid, 'execute')`);
	expect(calls.length).toBeGreaterThan(40);
	const client = await hostileSession();
	for (const { name, call } of calls) {
		const answer = await client.query(`select ${String(call)}`).then(
			() => 'answered',
			(error: unknown) => String(error),
		);
		expect([name, answer]).toEqual([name, expect.not.stringMatching(/trapped|"trap"|does not exist/)]);
	}
});

test('a task goes all its way in sessions with a hostile path, and everything is written where it belongs', async () => {
	const url = `${database.url}?options=${encodeURIComponent(`-c search_path=${HOSTILE_PATH.replaceAll(' ', '')}`)}`;
	const hostile = createOrchestrator({ connection: { connectionString: url }, poolLingerMs: 0 });
	try {
		await openType(database, hostile);
		const execution = await startOne(hostile);
		const [item] = execution.items;
		const taskId = item?.task_id ?? '';
		expect(await report(hostile, execution, [succeeded(taskId)])).toMatchObject({ outcome: 'applied' });
		const [row] = await database.query('select state from orchestrator.tasks where id = $1', [taskId]);
		expect(row).toEqual({ state: 'succeeded' });
		await claimOne(hostile);
		const slot = await hostile.runs.recover();
		expect(slot).toBeDefined();
		expect(await hostile.resources.snapshot()).toMatchObject({ slots: { total: 3 } });
	} finally {
		await hostile.close();
	}
	await emptyQueue(database);
});

test('the same with the path set on the session, and with temporary tables in it', async () => {
	const client = await hostileSession();
	const enqueue = `select task_id from orchestrator.enqueue_tasks('[{"workflowType": "content_pipeline", "input": {}, "idempotencyKey": "hostile"}]')`;
	const { rows } = await client.query(enqueue);
	expect(
		await database.query('select workflow_type from orchestrator.tasks where id = $1', [rows[0].task_id]),
	).toEqual([{ workflow_type: 'content_pipeline' }]);
	expect((await client.query('select * from pg_temp.tasks')).rows).toEqual([]);
	const taken = await client.query(
		`select orchestrator.mutex_acquire('{"lock": "l", "instance": "i", "executionId": "1", "era": "", "session": null, "workflowId": "w", "workflowName": "w", "nodeName": "n", "parentExecutionId": null, "callers": [], "permits": 1, "leaseMs": 60000, "mode": "skip", "waitMs": 0}') as answer`,
	);
	expect(JSON.stringify(taken.rows)).toContain('acquired');
	expect(await database.query(`select name from orchestrator.mutexes where name = 'l'`)).toHaveLength(1);
	await emptyQueue(database);
});

test('a session that switches row security off gets an error, not more rows', async () => {
	const client = await database.as('worker');
	await client.query('set row_security = off');
	await expect(client.query(`select orchestrator.find_tasks('{}')`)).rejects.toThrow(/row-level security/);
});

test('who migrates with a hostile path runs nothing that lies there', async () => {
	const target = await freshDatabase();
	try {
		await target.query(`create schema evil`);
		const migrating = await target.client();
		await layTraps(migrating);
		await target.query('delete from orchestrator.schema_functions');
		const url = `${target.ownerUrl}?options=${encodeURIComponent('-c search_path=evil,pg_catalog')}`;
		const hostile = createOrchestrator({ connection: { connectionString: url }, poolLingerMs: 0 });
		const migrated = await hostile.schema.migrate().finally(() => hostile.close());
		expect(migrated.applied.length).toBeGreaterThan(80);
		expect(migrated.status.state).toBe('current');
	} finally {
		await target.drop();
	}
});
