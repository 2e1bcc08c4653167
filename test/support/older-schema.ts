import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestDatabase } from './postgres';

const FIXTURES = join(__dirname, '..', 'postgres', 'fixtures');
const LEDGER = `
	create schema orchestrator;
	create table orchestrator.schema_migrations (version integer primary key, name text not null, checksum text not null,
		serves_code_from integer not null, applied_at timestamptz not null default now());
	create table orchestrator.schema_functions (name text primary key, hash text not null, applied_at timestamptz not null default now())`;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const sqlFiles = (folder: string) =>
	readdirSync(folder)
		.filter((name) => name.endsWith('.sql'))
		.sort()
		.map((name) => ({ name: name.slice(0, -'.sql'.length), sql: readFileSync(join(folder, name), 'utf8') }));

/**
 * Makes an empty database what an older release left behind, with that release's own files (`fixtures/schema-<n>`: its
 * migrations and functions, unchanged) and without any of today's code.
 */
export async function installOlderSchema(database: TestDatabase, version: number): Promise<void> {
	const folder = join(FIXTURES, `schema-${version}`);
	await database.query(LEDGER);
	for (const { name, sql } of sqlFiles(folder)) {
		await database.query(sql);
		await database.query('insert into orchestrator.schema_migrations values ($1, $2, $3, $4)', [
			Number(name.slice(0, 4)),
			name,
			sha256(sql),
			Number(/^-- serves-code-from: (\d+)$/m.exec(sql)?.[1]),
		]);
	}
	const functions = sqlFiles(join(folder, 'functions'));
	// Functions call each other, and one of them may not be there yet.
	await database.query(['set check_function_bodies = off', ...functions.map(({ sql }) => sql)].join(';\n'));
	for (const { name, sql } of functions)
		await database.query('insert into orchestrator.schema_functions values ($1, $2)', [name, sha256(sql)]);
}
