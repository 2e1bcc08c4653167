import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createOrchestrator, DatabaseLoginError, type Orchestrator } from '../../core';
import { startEmbeddedPostgres, type PostgresHandle } from '../../host/postgres';

/** A server of its own, because roles belong to the whole server: here nobody has migrated yet. */
let dir: string;
let server: PostgresHandle;
let superuser: pg.Client;
const open: Orchestrator[] = [];
let databases = 0;

beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'orchestrator-roles-'));
	server = await startEmbeddedPostgres({
		packageRoot: join(__dirname, '..', '..'),
		dir,
		logFile: join(dir, 'postgres.log'),
		settings: { fsync: 'off' },
	});
	superuser = new pg.Client({ connectionString: server.address.connectionString });
	await superuser.connect();
	await superuser.query(`create role plain login password 'p'`);
	await superuser.query(`create role maker login createrole password 'p'`);
	await superuser.query(`create role second_maker login createrole password 'p'`);
}, 60_000);
afterAll(async () => {
	await Promise.all(open.map((each) => each.close()));
	await superuser.end();
	await server.stop();
	await rm(dir, { recursive: true, force: true });
});

async function emptyDatabase(owner: string): Promise<string> {
	const name = `d${++databases}`;
	await superuser.query(`create database ${name} owner ${owner}`);
	return name;
}

/** `orchestrator` is the superuser of the embedded server. */
function urlOf(login: string, database: string): string {
	const url = new URL(server.address.connectionString);
	if (login !== 'orchestrator') [url.username, url.password] = [login, 'p'];
	url.pathname = `/${database}`;
	return url.href;
}

function connect(login: string, database: string): Orchestrator {
	const connection = { connectionString: urlOf(login, database) };
	const orchestrator = createOrchestrator({ connection, poolLingerMs: 0 });
	open.push(orchestrator);
	return orchestrator;
}

async function clientOf(login: string, database: string): Promise<pg.Client> {
	const client = new pg.Client({ connectionString: urlOf(login, database) });
	await client.connect();
	return client;
}

const refusal = async (orchestrator: Orchestrator) => {
	const failure = await orchestrator.schema.migrate().catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(DatabaseLoginError);
	return failure as DatabaseLoginError;
};
const ourRoles = async () =>
	(
		await superuser.query(`select rolname from pg_roles where rolname like 'orchestrator\\_%' order by 1`)
	).rows.map((row: { rolname: string }) => row.rolname);

test('a login that may not create roles learns what an administrator has to do, and nothing is left behind', async () => {
	const orchestrator = connect('plain', await emptyDatabase('plain'));
	const failure = await refusal(orchestrator);
	expect(failure.message).toContain('the role orchestrator_owner does not exist');
	expect(failure.action).toContain('alter role plain createrole');
	expect(await orchestrator.schema.status()).toMatchObject({ state: 'missing' });
	expect(await ourRoles()).toEqual([]);
});

test('four databases of one server that are migrated at the same moment share the four roles', async () => {
	const names = [];
	for (let i = 0; i < 4; i++) names.push(await emptyDatabase('maker'));
	const answers = await Promise.all(names.map((name) => connect('maker', name).schema.migrate()));
	expect(answers.map((each) => each.status.state)).toEqual(Array(4).fill('current'));
	expect(await ourRoles()).toEqual([
		'orchestrator_admin',
		'orchestrator_owner',
		'orchestrator_reader',
		'orchestrator_worker',
	]);
}, 30_000);

test('a login that was not made a member of the owner learns the one command, and after it can migrate', async () => {
	const name = await emptyDatabase('second_maker');
	const orchestrator = connect('second_maker', name);
	expect((await refusal(orchestrator)).action).toContain(
		'grant orchestrator_owner, orchestrator_admin to second_maker',
	);
	await superuser.query('grant orchestrator_owner, orchestrator_admin to second_maker');
	expect((await orchestrator.schema.migrate()).status.state).toBe('current');
	expect(await orchestrator.queue.list()).toEqual([]);
});

test('a superuser may migrate too, and the objects are not his', async () => {
	const name = await emptyDatabase('orchestrator');
	const orchestrator = connect('orchestrator', name);
	expect((await orchestrator.schema.migrate()).status.state).toBe('current');
	const client = await clientOf('orchestrator', name);
	const { rows } = await client.query(`select distinct relowner::regrole::text as owner from pg_class
		where relnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace)`);
	await client.end();
	expect(rows).toEqual([{ owner: 'orchestrator_owner' }]);
});

test('the login that migrated can make logins for workers, as the manual says, whose connections are counted and limited', async () => {
	const name = await emptyDatabase('maker');
	const owner = connect('maker', name);
	await owner.schema.migrate();
	const maker = await clientOf('maker', name);
	await maker.query(
		`create role n8n_worker login password 'p' in role orchestrator_worker connection limit 7`,
	);
	const others = [await clientOf('n8n_worker', name), await clientOf('n8n_worker', name)];
	const { connections } = await connect('n8n_worker', name).resources.snapshot();
	expect(connections).toEqual({ used: others.length + 1, limit: 7 });
	await Promise.all([maker, ...others].map((each) => each.end()));
});

test('a role of ours that could log in is refused', async () => {
	await superuser.query('alter role orchestrator_owner login');
	const failure = await refusal(connect('maker', await emptyDatabase('maker')));
	expect(failure.message).toContain('orchestrator_owner');
	await superuser.query('alter role orchestrator_owner nologin');
});
