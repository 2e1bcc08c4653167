import { freshDatabase, type TestDatabase } from '../support/postgres';
import { installOlderSchema } from '../support/older-schema';
import { OWNER } from '../support/test-cluster';
import { openType, planFor, TYPE } from './scenario';

// A whole migration each, some twice; a busy machine is no fault.
jest.setTimeout(60_000);

let database: TestDatabase;
beforeEach(async () => {
	database = await freshDatabase({ migrated: false });
});
afterEach(async () => database.drop());

const owners = async () =>
	(
		await database.query(`select distinct owner::regrole::text as owner from (
			select relowner as owner from pg_class where relnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace)
			union all select proowner from pg_proc where pronamespace = 'orchestrator'::regnamespace
			union all select typowner from pg_type where typnamespace = 'orchestrator'::regnamespace
			union all select nspowner from pg_namespace where nspname in ('orchestrator', 'content')) all_of_ours order by 1`)
	).map((row) => row.owner);

test('a database of version 2 with data becomes the owner’s, its tasks go on, and workers may work on it', async () => {
	await installOlderSchema(database, 2);
	expect(await owners()).toEqual([OWNER]);
	await database.query(`insert into orchestrator.fair_keys (fair_key, workflow_type) values ($1, $1)`, [
		TYPE,
	]);
	await database.query(
		`insert into orchestrator.tasks (workflow_type, fair_key, idempotency_key, state, priority, input, eligible_at)
		select $1, $1, 'key ' || n, 'queued', 5, '{"topic": "tea"}', now() from generate_series(1, 3) n`,
		[TYPE],
	);
	const { status } = await database.owner().schema.migrate();
	expect(status).toMatchObject({ state: 'current', drift: [] });
	expect(await owners()).toEqual(['orchestrator_owner']);
	expect(await database.query('select count(*)::integer as n from orchestrator.tasks')).toEqual([{ n: 3 }]);
	const worker = database.orchestrator();
	await openType(database, worker);
	expect((await worker.queue.claim(planFor()))[0]?.items[0]?.input).toEqual({ topic: 'tea' });
});

test('a schema named content that has tables of the operator’s own stays the operator’s', async () => {
	await database.query('create schema content');
	await database.query('create table content.pages (id integer)');
	await database.owner().schema.migrate();
	expect(
		await database.query(`select relname, relowner::regrole::text as owner, relrowsecurity from pg_class
			where relnamespace = 'content'::regnamespace and relkind = 'r' order by 1`),
	).toEqual([
		{ relname: 'articles', owner: 'orchestrator_owner', relrowsecurity: true },
		{ relname: 'pages', owner: OWNER, relrowsecurity: false },
	]);
	expect(
		await database.query(
			`select nspowner::regrole::text as owner from pg_namespace where nspname = 'content'`,
		),
	).toEqual([{ owner: OWNER }]);
	await database.owner().schema.migrate();
});

test('whatever is made later and stands in no list belongs to the owner and is closed to everybody', async () => {
	await database.owner().schema.migrate();
	await database.query(`create function orchestrator.unlisted() returns integer language sql as 'select 1'`);
	await database.query(`create table orchestrator.unlisted_table (secret text)`);
	const worker = await database.as('worker');
	// Until the rights are issued again, Postgres lets everybody call a new function.
	await worker.query('select orchestrator.unlisted()');
	await database.query(`delete from orchestrator.schema_functions where name = 'score'`);
	await database.owner().schema.migrate();
	await expect(worker.query('select orchestrator.unlisted()')).rejects.toThrow(/permission denied/);
	await expect(worker.query('select * from orchestrator.unlisted_table')).rejects.toThrow(
		/permission denied/,
	);
	expect(await owners()).toEqual(['orchestrator_owner']);
	expect(
		await database.query(
			`select relrowsecurity and relforcerowsecurity as forced from pg_class where relname = 'unlisted_table'`,
		),
	).toEqual([{ forced: true }]);
});

test('rights that somebody changed by hand are issued again with the next change', async () => {
	await database.owner().schema.migrate();
	await database.query('grant select on orchestrator.tasks to orchestrator_worker');
	await database.query('grant execute on function orchestrator.fail_task to public');
	await database.query('alter function orchestrator.claim(jsonb) security invoker');
	await database.query(
		`update orchestrator.schema_functions set hash = 'older' where name = 'privileges/*.sql'`,
	);
	expect(await database.owner().schema.status()).toMatchObject({
		state: 'outdated',
		pending: ['privileges/*.sql'],
		drift: ['privileges/*.sql'],
	});
	expect(await database.owner().schema.migrate()).toMatchObject({
		applied: ['privileges/*.sql'],
		status: { state: 'current' },
	});
	const worker = await database.as('worker');
	await expect(worker.query('select id from orchestrator.tasks')).rejects.toThrow(/permission denied/);
	await expect(worker.query(`select orchestrator.fail_task(1, null, 1, null, null)`)).rejects.toThrow(
		/permission denied/,
	);
	expect(await database.orchestrator().queue.claim(planFor())).toEqual([]);
});
