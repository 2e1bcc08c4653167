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
)`;

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

	async migrate(options: { dryRun?: boolean } = {}): Promise<{ applied: string[]; status: SchemaStatus }> {
		if (options.dryRun) {
			const status = await this.status();
			return { applied: status.pending, status };
		}
		return this.gateway.transaction(async (client) => {
			await client.query(OWN_PATH);
			await client.query(LOCK);
			const before = await this.compare(client);
			refuse(before);
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
	{ pendingMigrations, pendingFunctions }: SchemaComparison,
	{ privileges }: MigrationFiles,
): Promise<void> {
	await client.query(LEDGER);
	for (const { version, name, checksum, servesCodeFrom, sql } of pendingMigrations) {
		await client.query(sql);
		await client.query(
			'insert into orchestrator.schema_migrations (version, name, checksum, serves_code_from) values ($1, $2, $3, $4)',
			[version, name, checksum, servesCodeFrom],
		);
	}
	// Functions call each other: bodies are checked at the first call instead of at creation.
	await client.query('set local check_function_bodies = off');
	for (const { name, hash, sql } of pendingFunctions) {
		await client.query(sql);
		await remember(client, name, hash);
	}
	// After any change: a new object has no owner, policy and grant yet, and a function made anew lost its SECURITY DEFINER.
	for (const sql of privileges.steps) await client.query(sql);
	await remember(client, PRIVILEGES, privileges.hash);
}

async function remember(client: pg.ClientBase, name: string, hash: string): Promise<void> {
	await client.query(
		`insert into orchestrator.schema_functions (name, hash) values ($1, $2)
		on conflict (name) do update set hash = excluded.hash, applied_at = now()`,
		[name, hash],
	);
}
