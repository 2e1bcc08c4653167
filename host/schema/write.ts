/** `npm run schema:dump`: migrates an empty Postgres of its own and writes the documents of its schema. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { createOrchestrator } from '../../core';
import { startEmbeddedPostgres } from '../postgres';
import { schemaDocuments } from './documents';

async function write(packageRoot: string): Promise<void> {
	const dir = await mkdtemp(join(tmpdir(), 'mo-schema-'));
	const postgres = await startEmbeddedPostgres({ packageRoot, dir, logFile: join(dir, 'postgres.log') });
	try {
		const connection = { connectionString: postgres.address.connectionString };
		const orchestrator = createOrchestrator({ connection, poolLingerMs: 0 });
		await orchestrator.schema.migrate();
		await orchestrator.close();
		const documents = await read(connection.connectionString);
		for (const [path, text] of Object.entries(documents)) {
			await writeFile(join(packageRoot, path), text);
			process.stdout.write(`wrote ${path}\n`);
		}
	} finally {
		await postgres.stop();
		await rm(dir, { recursive: true, force: true });
	}
}

async function read(connectionString: string): Promise<Record<string, string>> {
	const client = new Client({ connectionString });
	await client.connect();
	try {
		return await schemaDocuments(async (sql) => (await client.query<Record<string, unknown>>(sql)).rows);
	} finally {
		await client.end();
	}
}

void write(process.cwd()).catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exitCode = 1;
});
