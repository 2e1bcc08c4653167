import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The same place seen from source (core/postgres) and from the build (dist/core/postgres). */
const DIRECTORY = join(__dirname, '..', '..', 'migrations');

/** A numbered step; immutable once released. */
export interface Migration {
	version: number;
	name: string;
	/** The oldest code version that still works with the schema after this step (S19). */
	servesCodeFrom: number;
	checksum: string;
	sql: string;
}

/** A `create or replace`, re-applied whenever its hash changes. */
export interface SqlFunction {
	name: string;
	hash: string;
	sql: string;
}

/** Owners, row security, grants and audit: issued again after anything changed, because what is new has none yet. */
export interface Privileges {
	hash: string;
	steps: string[];
}

export interface MigrationFiles {
	migrations: Migration[];
	functions: SqlFunction[];
	privileges: Privileges;
	/** The highest migration this code knows. */
	codeVersion: number;
}

let cached: MigrationFiles | undefined;

/** Reads the package's SQL once a process. */
export function migrationFiles(): MigrationFiles {
	cached ??= readMigrationFiles(DIRECTORY);
	return cached;
}

/** Reads a directory of `NNNN_name.sql`, `functions/name.sql` and `privileges/n_name.sql`; order by number and by name. */
export function readMigrationFiles(directory: string): MigrationFiles {
	const migrations = sqlFiles(directory).map((file) => readMigration(directory, file));
	const functions = sqlFiles(join(directory, 'functions')).map((file) => {
		const sql = read(join(directory, 'functions', file));
		return { name: file.slice(0, -'.sql'.length), hash: sha256(sql), sql };
	});
	const steps = sqlFiles(join(directory, 'privileges')).map((file) =>
		read(join(directory, 'privileges', file)),
	);
	const privileges = { hash: sha256(steps.join('\n')), steps };
	return {
		migrations,
		functions,
		privileges,
		codeVersion: Math.max(0, ...migrations.map((each) => each.version)),
	};
}

function readMigration(directory: string, file: string): Migration {
	const sql = read(join(directory, file));
	const version = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1];
	const serves = /^-- serves-code-from: (\d+)$/m.exec(sql)?.[1];
	if (version === undefined || serves === undefined) {
		throw new Error(`migration ${file} must be named NNNN_name.sql and have a line “-- serves-code-from: N”`);
	}
	return {
		version: Number(version),
		name: file.slice(0, -'.sql'.length),
		servesCodeFrom: Number(serves),
		checksum: sha256(sql),
		sql,
	};
}

function sqlFiles(directory: string): string[] {
	return readdirSync(directory)
		.filter((file) => file.endsWith('.sql'))
		.sort();
}

/** Line ends are normalised, so that a checkout on Windows has the same checksums. */
function read(path: string): string {
	return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}

function sha256(text: string): string {
	return createHash('sha256').update(text).digest('hex');
}
