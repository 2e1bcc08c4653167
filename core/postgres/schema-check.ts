import { SchemaOutdatedError, SchemaTooNewError } from '../errors';
import { MIGRATE_ACTION } from './errors';
import { migrationFiles } from './migration-files';
import { compareSchema, readInstalled } from './schema-status';

/**
 * Lets a face work only on a schema it fits: migrated far enough, with every function it may call, and not made for newer
 * code only. A function with another hash is let pass: while versions roll, both serve (S19).
 */
export async function assertSchemaFits(gateway: {
	query: Parameters<typeof readInstalled>[0];
}): Promise<void> {
	const database = await readInstalled((sql) => gateway.query(sql));
	const { status, pendingMigrations, pendingFunctions } = compareSchema(migrationFiles(), database);
	if (status.state === 'missing') {
		throw new SchemaOutdatedError('The database has no orchestrator schema yet.', MIGRATE_ACTION);
	}
	if (status.state === 'too_new') throw schemaTooNew(status.databaseVersion, status.codeVersion);
	const known = new Set(database.functions.map((each) => each.name));
	const missing = pendingFunctions.filter((each) => !known.has(each.name)).map((each) => each.name);
	if (pendingMigrations.length > 0 || missing.length > 0) {
		const what = [...pendingMigrations.map((each) => each.name), ...missing].join(', ');
		const message = `The database is at version ${status.databaseVersion}, this code needs ${status.codeVersion}; missing: ${what}.`;
		throw new SchemaOutdatedError(message, MIGRATE_ACTION);
	}
}

export function schemaTooNew(databaseVersion: number, codeVersion: number): SchemaTooNewError {
	return new SchemaTooNewError(
		`The database is at version ${databaseVersion}, which no longer serves this code (version ${codeVersion}).`,
		'Update n8n-nodes-master-orchestrator on this instance.',
	);
}
