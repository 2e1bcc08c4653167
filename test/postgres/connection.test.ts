import { createServer } from 'node:net';
import { inspect } from 'node:util';
import {
	createOrchestrator,
	type Connection,
	DatabaseLoginError,
	DatabaseUnreachableError,
	type Orchestrator,
	PostgresTooOldError,
} from '../../core';
import { assertPostgresVersion } from '../../core/postgres/schema-status';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { OWNER, OWNER_PASSWORD } from '../support/test-cluster';

let database: TestDatabase;
let connection: Exclude<Connection, { connectionString: string }>;
beforeAll(async () => {
	database = await freshDatabase();
	const { hostname: host, port, pathname } = new URL(database.ownerUrl);
	connection = {
		host,
		port: Number(port),
		database: pathname.slice(1),
		user: OWNER,
		password: OWNER_PASSWORD,
		ssl: false,
	};
});
afterAll(async () => database.drop());

async function failureOf(
	changed: Partial<typeof connection>,
	use: (each: Orchestrator) => Promise<unknown> = (each) => each.queue.list(),
) {
	const orchestrator = createOrchestrator({ connection: { ...connection, ...changed }, poolLingerMs: 0 });
	const failure = await use(orchestrator).catch((error: unknown) => error);
	await orchestrator.close();
	return failure as Error & { action: string };
}

test('the parts of a credential connect as well as an address does', async () => {
	const orchestrator = createOrchestrator({ connection, poolLingerMs: 0 });
	expect(await orchestrator.schema.status()).toMatchObject({ state: 'current' });
	await orchestrator.close();
});

test('a wrong password is a login error that does not show the password', async () => {
	const failure = await failureOf({ password: 'hunter2-wrong' });
	expect(failure).toBeInstanceOf(DatabaseLoginError);
	expect(`${failure.message} ${failure.action} ${failure.stack} ${JSON.stringify(failure)}`).not.toContain(
		'hunter2-wrong',
	);
});

test('a malformed address is named as such without showing its password', async () => {
	const connectionString = 'postgresql://user:hunter2-wrong@host:not-a-port/db';
	const orchestrator = createOrchestrator({ connection: { connectionString }, poolLingerMs: 0 });
	const failure = await orchestrator.queue.list().catch((error: unknown) => error);
	await orchestrator.close();
	expect(failure).toMatchObject({ code: 'MO_INVALID_INPUT' });
	expect(inspect(failure, { depth: 10 })).not.toContain('hunter2-wrong');
});

test('an unknown database is a login error that names it', async () => {
	const failure = await failureOf({ database: 'nowhere' });
	expect(failure).toBeInstanceOf(DatabaseLoginError);
	expect(failure.message).toContain('nowhere');
});

test('a port where nobody listens is unreachable, with what to check', async () => {
	const failure = await failureOf({ port: await closedPort() });
	expect(failure).toBeInstanceOf(DatabaseUnreachableError);
	expect(failure.action).toContain('Orchestrator Postgres');
});

test('TLS that the server does not speak is unreachable, with what to check', async () => {
	const failure = await failureOf({ ssl: { rejectUnauthorized: true } });
	expect(failure).toBeInstanceOf(DatabaseUnreachableError);
	expect(failure.action).toContain('TLS');
});

test('migrating without the privilege to create says which one is missing', async () => {
	await database.query(`create role guest_${database.name} login password 'guest-password'`);
	await database.query(`revoke all on schema orchestrator from public`);
	const failure = await failureOf({ user: `guest_${database.name}`, password: 'guest-password' });
	expect(failure).toBeInstanceOf(DatabaseLoginError);
	expect(failure.message).toContain('permission denied');
	await database.query(`drop role guest_${database.name}`);
});

test('a Postgres before 14 is refused with its version', () => {
	expect(() => assertPostgresVersion(130_011, '13.11')).toThrow(PostgresTooOldError);
	expect(() => assertPostgresVersion(130_011, '13.11')).toThrow('version 13.11, expected 14 or newer');
	expect(() => assertPostgresVersion(140_000, '14.0')).not.toThrow();
});

test('two users of one connection share one pool of two, which ends with the last of them', async () => {
	const shared = { connectionString: `${database.url}?application_name=shared-pool` };
	const first = createOrchestrator({ connection: shared, poolLingerMs: 0 });
	const second = createOrchestrator({ connection: shared, poolLingerMs: 0 });
	await Promise.all([first, second, first, second, first, second].map((each) => each.queue.list()));
	const open = () =>
		database.query(
			`select 1 from pg_stat_activity where datname = current_database() and application_name = 'shared-pool'`,
		);
	expect((await open()).length).toBeLessThanOrEqual(2);
	await first.close();
	await first.close();
	expect(await second.queue.list()).toEqual([]);
	await second.close();
});

async function closedPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	return typeof address === 'object' && address ? address.port : 1;
}
