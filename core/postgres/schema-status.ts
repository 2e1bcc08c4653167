import type pg from 'pg';
import { z } from 'zod/v4';
import { PostgresTooOldError } from '../errors';
import type { SchemaStatus } from '../orchestrator';
import type { Migration, MigrationFiles, SqlFunction } from './migration-files';

/** Transition tables, `gen_random_uuid` and `starts_with` need less; 14 is what we test downwards to. */
export const OLDEST_POSTGRES = 14;

const applied = z.object({
	version: z.number(),
	name: z.string(),
	checksum: z.string(),
	serves_code_from: z.number(),
});
const installed = z.object({ name: z.string(), hash: z.string() });
const ledger = z.object({ applied: z.array(applied), functions: z.array(installed) });

/** What the database says about itself. */
export interface Installed {
	exists: boolean;
	postgresVersion: string;
	applied: z.infer<typeof applied>[];
	/** With the entry of the privileges among them. */
	functions: z.infer<typeof installed>[];
}

export interface SchemaComparison {
	status: SchemaStatus;
	pendingMigrations: Migration[];
	pendingFunctions: SqlFunction[];
	privilegesPending: boolean;
	driftedMigrations: string[];
}

/** The ledger's entry for all of `privileges/`; no function can have this name. */
export const PRIVILEGES = 'privileges/*.sql';

type Query = (sql: string) => Promise<pg.QueryResult>;

/** Reads version and applied files. Throws PostgresTooOldError before anything else. */
export async function readInstalled(query: Query): Promise<Installed> {
	// Names with their schema: the session's search_path may be anybody's.
	const found = await query(`select pg_catalog.current_setting('server_version') as version,
		pg_catalog.current_setting('server_version_num')::pg_catalog.int4 as number,
		pg_catalog.to_regclass('orchestrator.schema_migrations') is not null as exists,
		pg_catalog.to_regprocedure('orchestrator.installed_schema()') is not null as answers`);
	const server = z
		.object({ version: z.string(), number: z.number(), exists: z.boolean(), answers: z.boolean() })
		.parse(found.rows[0]);
	assertPostgresVersion(server.number, server.version);
	const nothing = { applied: [], functions: [] };
	const known = server.exists ? await readLedger(query, server.answers) : nothing;
	return { exists: server.exists, postgresVersion: server.version, ...known };
}

/** A function answers every role; before version 4 there was none, and only the owner could look into the tables. */
async function readLedger(query: Query, answers: boolean): Promise<z.infer<typeof ledger>> {
	if (answers) {
		const { rows } = await query('select orchestrator.installed_schema() as answer');
		return z.object({ answer: ledger }).parse(rows[0]).answer;
	}
	const migrations = await query(
		'select version, name, checksum, serves_code_from from orchestrator.schema_migrations order by version',
	);
	const functions = await query('select name, hash from orchestrator.schema_functions order by name');
	return ledger.parse({ applied: migrations.rows, functions: functions.rows });
}

/** `versionNumber` as server_version_num: 140003 = 14.3. */
export function assertPostgresVersion(versionNumber: number, version: string): void {
	if (versionNumber >= OLDEST_POSTGRES * 10_000) return;
	throw new PostgresTooOldError(
		`This Postgres is version ${version}, expected ${OLDEST_POSTGRES} or newer.`,
		'Upgrade the server, or point the credential to a newer one.',
	);
}

/** Compares files and database; decides, writes nothing. */
export function compareSchema(files: MigrationFiles, database: Installed): SchemaComparison {
	const byVersion = new Map(database.applied.map((each) => [each.version, each]));
	const hashes = new Map(database.functions.map((each) => [each.name, each.hash]));
	const pendingMigrations = files.migrations.filter((each) => !byVersion.has(each.version));
	const pendingFunctions = files.functions.filter((each) => hashes.get(each.name) !== each.hash);
	const privilegesPending = hashes.get(PRIVILEGES) !== files.privileges.hash;
	const driftedMigrations = files.migrations
		.filter((each) => byVersion.has(each.version) && byVersion.get(each.version)?.checksum !== each.checksum)
		.map((each) => each.name);
	const changed = pendingFunctions
		.filter((each) => hashes.has(each.name))
		.map((each) => `functions/${each.name}`);
	const status: SchemaStatus = {
		state: 'current',
		databaseVersion: Math.max(0, ...database.applied.map((each) => each.version)),
		codeVersion: files.codeVersion,
		pending: [
			...pendingMigrations.map((each) => each.name),
			...pendingFunctions.map((each) => `functions/${each.name}`),
			...(privilegesPending ? [PRIVILEGES] : []),
		],
		drift: [
			...driftedMigrations,
			...changed,
			...(privilegesPending && hashes.has(PRIVILEGES) ? [PRIVILEGES] : []),
		],
		postgresVersion: database.postgresVersion,
	};
	status.state = stateOf(files, database, status, driftedMigrations);
	return { status, pendingMigrations, pendingFunctions, privilegesPending, driftedMigrations };
}

function stateOf(
	files: MigrationFiles,
	database: Installed,
	status: SchemaStatus,
	drifted: string[],
): SchemaStatus['state'] {
	if (database.applied.length === 0) return 'missing';
	if (database.applied.some((each) => each.serves_code_from > files.codeVersion)) return 'too_new';
	if (drifted.length > 0) return 'drifted';
	return status.pending.length > 0 ? 'outdated' : 'current';
}
