import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { CANARY } from './secret-cases';

/**
 * Every column of every table of ours that has the canary in it: a secret that was stored. The superuser looks, so that no
 * row is hidden from the look.
 */
export async function findCanary(connectionString: string): Promise<string[]> {
	const client = new pg.Client({ connectionString });
	await client.connect();
	try {
		const found: string[] = [];
		for (const table of await tablesOf(client)) {
			const { rows } = await client.query<{ column: string }>(
				`select distinct c.key as column from ${table} t cross join lateral jsonb_each_text(to_jsonb(t)) c
				where t::text like $1 and c.value like $1`,
				[`%${CANARY}%`],
			);
			found.push(...rows.map(({ column }) => `${table}.${column}`));
		}
		return found;
	} finally {
		await client.end();
	}
}

async function tablesOf(client: pg.Client): Promise<string[]> {
	const { rows } = await client.query<{ name: string }>(
		`select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname in ('orchestrator', 'content') and c.relkind in ('r', 'p') order by 1`,
	);
	return rows.map(({ name }) => name);
}

/** Every line of a server's log that has the canary in it: a secret in an error that the server wrote down. */
export async function findCanaryLines(logFile: string): Promise<string[]> {
	return (await readFile(logFile, 'utf8')).split('\n').filter((line) => line.includes(CANARY));
}
