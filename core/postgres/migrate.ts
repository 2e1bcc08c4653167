import type pg from 'pg';
import { MigrationDriftError } from '../errors';
import type { SchemaPort, SchemaStatus } from '../orchestrator';
import type { Gateway } from './gateway';
import { type MigrationFiles, migrationFiles } from './migration-files';
import { schemaTooNew } from './schema-check';
import { compareSchema, PRIVILEGES, readInstalled, type SchemaComparison } from './schema-status';

/** Any constant: who migrates this database waits for whoever does already. Ends with the transaction. */
const LOCK = "select pg_advisory_xact_lock(hashtext('master-orchestrator migrate'))";

/** Who migrates owns everything: no function or operator that somebody put into `public` may be found on the way. */
const OWN_PATH = 'set local search_path = pg_catalog, pg_temp';

/** The ledger of what was applied; made before the first migration. */
const LEDGER = `
create schema if not exists orchestrator;
create table if not exists orchestrator.schema_migrations (
	version integer primary key,
	name text not null,
	checksum text not null,
	serves_code_from integer not null,
	applied_at timestamptz not null default now()
);
create table if not exists orchestrator.schema_functions (
	name text primary key,
	hash text not null,
	applied_at timestamptz not null default now()
);
alter table orchestrator.schema_functions add column if not exists fingerprint text`;

/** Status and migration of the schema. */
export class SchemaStore implements SchemaPort {
	constructor(
		private readonly gateway: Gateway,
		private readonly files: () => MigrationFiles = migrationFiles,
	) {}

	async status(): Promise<SchemaStatus> {
		const database = await readInstalled((sql) => this.gateway.query(sql));
		return compareSchema(this.files(), database).status;
	}

	async migrate(
		options: { dryRun?: boolean; reapply?: boolean } = {},
	): Promise<{ applied: string[]; status: SchemaStatus }> {
		if (options.dryRun) {
			const status = await this.status();
			return { applied: status.pending, status };
		}
		return this.gateway.transaction(async (client) => {
			await client.query(OWN_PATH);
			await client.query(LOCK);
			const found = await this.compare(client);
			refuse(found);
			const before = options.reapply ? everything(found, this.files()) : found;
			if (before.status.pending.length > 0) await apply(client, before, this.files());
			return { applied: before.status.pending, status: (await this.compare(client)).status };
		});
	}

	private async compare(client: pg.ClientBase): Promise<SchemaComparison> {
		return compareSchema(this.files(), await readInstalled((sql) => client.query(sql)));
	}
}

function refuse({ status, driftedMigrations }: SchemaComparison): void {
	if (status.state === 'too_new') throw schemaTooNew(status.databaseVersion, status.codeVersion);
	if (driftedMigrations.length === 0) return;
	throw new MigrationDriftError(
		`Applied migrations differ from this package's files: ${driftedMigrations.join(', ')}. Nothing was changed.`,
		'Restore the released files; put a change into a new migration.',
	);
}

async function apply(
	client: pg.ClientBase,
	{ pendingMigrations, pendingFunctions, obsoleteFunctions }: SchemaComparison,
	{ privileges }: MigrationFiles,
): Promise<void> {
	await client.query(LEDGER);
	const changed = await changedByHand(client);
	for (const { version, name, checksum, servesCodeFrom, sql } of pendingMigrations) {
		await client.query(sql);
		await client.query(
			'insert into orchestrator.schema_migrations (version, name, checksum, serves_code_from) values ($1, $2, $3, $4)',
			[version, name, checksum, servesCodeFrom],
		);
	}
	for (const name of obsoleteFunctions) await drop(client, name);
	// Functions call each other: bodies are checked at the first call instead of at creation.
	await client.query('set local check_function_bodies = off');
	for (const { name, hash, sql } of pendingFunctions) {
		await client.query(sql);
		await remember(client, name, hash);
	}
	// After any change: a new object has no owner, policy and grant yet, and a function made anew lost its SECURITY DEFINER.
	for (const sql of privileges.steps) await client.query(sql);
	await remember(client, PRIVILEGES, privileges.hash);
	// All of them: what the steps above made of a function is right, and a fingerprint may be taken otherwise than before.
	const applied = new Set(pendingFunctions.map((each) => each.name));
	await client.query(
		`update orchestrator.schema_functions set fingerprint = orchestrator.function_fingerprint(name) where not name = any ($1)`,
		[[PRIVILEGES, ...changed.filter((name) => !applied.has(name))]],
	);
}

/** Functions that are not what migrate remembers, as the database itself saw it before this migration: these stay told. */
async function changedByHand(client: pg.ClientBase): Promise<string[]> {
	const { rows: known } = await client.query(
		`select 1 from pg_proc where pronamespace = 'orchestrator'::regnamespace and proname = 'function_fingerprint'`,
	);
	if (known.length === 0) return [];
	const { rows } = await client.query<{ name: string }>(
		`select name from orchestrator.schema_functions
		where fingerprint is not null and fingerprint is distinct from orchestrator.function_fingerprint(name)`,
	);
	return rows.map(({ name }) => name);
}

/** Every function and right anew, whatever the ledger says: undoes what was changed by hand. */
function everything(found: SchemaComparison, { functions }: MigrationFiles): SchemaComparison {
	const names = new Set(functions.map((each) => `functions/${each.name}`));
	const pending = [...found.status.pending.filter((each) => !names.has(each)), ...names];
	return { ...found, pendingFunctions: functions, status: { ...found.status, pending } };
}

/** With all of its overloads; fails when something still hangs on it. */
async function drop(client: pg.ClientBase, name: string): Promise<void> {
	const { rows } = await client.query<{ signature: string }>(
		`select oid::regprocedure::text as signature from pg_proc
		where pronamespace = 'orchestrator'::regnamespace and proname = $1`,
		[name],
	);
	for (const { signature } of rows) await client.query(`drop function ${signature}`);
	await client.query('delete from orchestrator.schema_functions where name = $1', [name]);
}

async function remember(client: pg.ClientBase, name: string, hash: string): Promise<void> {
	await client.query(
		`insert into orchestrator.schema_functions (name, hash) values ($1, $2)
		on conflict (name) do update set hash = excluded.hash, applied_at = now()`,
		[name, hash],
	);
}
