import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MigrationDriftError, type Orchestrator, SchemaOutdatedError, SchemaTooNewError } from '../../core';
import { Gateway } from '../../core/postgres/gateway';
import { SchemaStore } from '../../core/postgres/migrate';
import { readMigrationFiles } from '../../core/postgres/migration-files';
import { leasePool } from '../../core/postgres/pool';
import { freshDatabase, type TestDatabase } from '../support/postgres';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeEach(async () => {
	database = await freshDatabase({ migrated: false });
	orchestrator = database.owner();
});
afterEach(async () => database.drop());

test('an empty database is missing; migrating makes it current; again changes nothing', async () => {
	expect(await orchestrator.schema.status()).toMatchObject({ state: 'missing', databaseVersion: 0 });
	const first = await orchestrator.schema.migrate();
	expect(first.applied[0]).toBe('0001_foundation');
	expect(first.status).toMatchObject({
		state: 'current',
		databaseVersion: first.status.codeVersion,
		pending: [],
		drift: [],
	});
	expect(await orchestrator.schema.migrate()).toMatchObject({ applied: [], status: { state: 'current' } });
});

test('a dry run tells what it would do and writes nothing', async () => {
	const { applied } = await orchestrator.schema.migrate({ dryRun: true });
	expect(applied).toContain('functions/claim');
	expect(await database.query(`select to_regnamespace('orchestrator') as schema`)).toEqual([
		{ schema: null },
	]);
});

test('of several who migrate at once one applies, the others find it done', async () => {
	const answers = await Promise.all([0, 1, 2].map(() => database.owner().schema.migrate()));
	expect(answers.map((each) => each.applied.length > 0).sort()).toEqual([false, false, true]);
	expect(answers.every((each) => each.status.state === 'current')).toBe(true);
});

test('an applied migration that differs from its file is drift and refused', async () => {
	await orchestrator.schema.migrate();
	await database.query(`update orchestrator.schema_migrations set checksum = 'other' where version = 1`);
	expect(await orchestrator.schema.status()).toMatchObject({ state: 'drifted', drift: ['0001_foundation'] });
	await expect(orchestrator.schema.migrate()).rejects.toThrow(MigrationDriftError);
});

test('a function whose hash differs is applied again', async () => {
	await orchestrator.schema.migrate();
	await database.query(
		`update orchestrator.schema_functions set hash = 'older release' where name = 'score'`,
	);
	expect(await orchestrator.schema.status()).toMatchObject({
		state: 'outdated',
		pending: ['functions/score'],
		drift: ['functions/score'],
	});
	expect(await orchestrator.schema.migrate()).toMatchObject({
		applied: ['functions/score'],
		status: { state: 'current' },
	});
});

test('a schema that serves only newer code is refused, one that still serves ours works', async () => {
	await orchestrator.schema.migrate();
	const newer = `insert into orchestrator.schema_migrations (version, name, checksum, serves_code_from) values (99, '0099_future', 'x', $1)`;
	await database.query(newer, [1]);
	expect(await database.orchestrator().queue.list()).toEqual([]);
	await database.query(`delete from orchestrator.schema_migrations where version = 99`);
	await database.query(newer, [99]);
	expect(await orchestrator.schema.status()).toMatchObject({ state: 'too_new' });
	await expect(orchestrator.schema.migrate()).rejects.toThrow(SchemaTooNewError);
	await expect(database.orchestrator().queue.list()).rejects.toThrow(/Update|no longer serves/);
});

test('any call on an unmigrated database names both ways to migrate', async () => {
	const failure = await orchestrator.queue.list().catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(SchemaOutdatedError);
	expect((failure as SchemaOutdatedError).action).toContain('master-orchestrator migrate');
	expect((failure as SchemaOutdatedError).action).toContain('State Machine Controller');
	expect((failure as SchemaOutdatedError).action).toContain('Set Up Database');
	await orchestrator.schema.migrate();
	expect(await orchestrator.queue.list()).toEqual([]);
});

test('a schema that goes away under a running process is reported as missing', async () => {
	await orchestrator.schema.migrate();
	await orchestrator.queue.list();
	await database.query('drop schema orchestrator cascade');
	await expect(orchestrator.queue.list()).rejects.toThrow(SchemaOutdatedError);
	await expect(orchestrator.queue.list()).rejects.toThrow(/no orchestrator schema yet/);
});

test('a migration that breaks in the middle leaves nothing behind', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'orchestrator-migrations-'));
	cpSync(join(__dirname, '../../migrations'), directory, { recursive: true });
	writeFileSync(
		join(directory, '0098_broken.sql'),
		'-- serves-code-from: 1\ncreate table orchestrator.half (id int);\nselect 1/0;\n',
	);
	const lease = leasePool({
		connection: { connectionString: database.ownerUrl },
		logger: console,
		max: 1,
		lingerMs: 0,
	});
	const store = new SchemaStore(new Gateway(lease, sleep), () => readMigrationFiles(directory));
	await expect(store.migrate()).rejects.toThrow(/division by zero/);
	expect(await store.status()).toMatchObject({ state: 'missing' });
	await lease.release();
	rmSync(directory, { recursive: true });
});

test('the schema is migrated by a role that is no superuser', async () => {
	await orchestrator.schema.migrate();
	expect(
		await database.query(`select rolsuper, rolbypassrls from pg_roles where rolname = session_user`),
	).toEqual([{ rolsuper: false, rolbypassrls: false }]);
});
