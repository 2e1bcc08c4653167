import type { Client } from 'pg';

/**
 * Entries of the indexes called `like` (a LIKE pattern) that the session itself reads for the work, dead ones included.
 * Counted inside one transaction: there the session's own counts are exact, and sent nowhere meanwhile.
 */
export async function entriesReadFor(
	session: Client,
	like: string,
	work: () => Promise<unknown>,
): Promise<number> {
	await session.query('begin');
	const before = await entriesSoFar(session, like);
	await work();
	const entries = (await entriesSoFar(session, like)) - before;
	await session.query('commit');
	return entries;
}

async function entriesSoFar(session: Client, like: string): Promise<number> {
	const { rows } = await session.query<{ entries: string | null }>(
		`select sum(pg_stat_get_xact_tuples_returned(indexrelid)) as entries from pg_index
		where indrelid = 'orchestrator.tasks'::regclass and indexrelid::regclass::text like $1`,
		[`%${like}`],
	);
	const entries = rows[0]?.entries;
	if (entries === null || entries === undefined) throw new Error(`the tasks have no index like ${like}`);
	return Number(entries);
}
