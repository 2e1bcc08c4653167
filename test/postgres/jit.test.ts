import { freshDatabase, type TestDatabase } from '../support/postgres';

let database: TestDatabase;
beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => database.drop());

test('nothing that is called from outside compiles its statements, whatever the server’s default is', async () => {
	const compiling = await database.query(
		`select oid::regprocedure::text as signature from pg_proc
		where pronamespace = 'orchestrator'::regnamespace and prosecdef and not coalesce('jit=off' = any (proconfig), false)`,
	);
	expect(compiling).toEqual([]);
	const [all] = await database.query(
		`select count(*)::integer as count from pg_proc where pronamespace = 'orchestrator'::regnamespace and prosecdef`,
	);
	expect(all?.count).toBeGreaterThan(50);
});

test('a session that wants JIT has it back after the call', async () => {
	const [row] = await database.query(
		`select set_config('jit', 'on', true) as before, count(*) as listed, current_setting('jit') as after
		from orchestrator.list_fair_keys('{}')`,
	);
	expect(row).toMatchObject({ before: 'on', after: 'on' });
});
