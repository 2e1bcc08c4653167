import pg from 'pg';
import { check, RULES, verdictText } from './check';
import { readHistory } from './read-history';

/**
 * The checker as a program of its own:
 * `node -r ./test/generator/typescript-hook.cjs test/history/main.ts DATABASE_URL WITNESS_FILE [--still-running]`.
 * Exits 0 when nothing speaks against the history, 1 with an offence a line, 2 when it was called wrongly.
 */
async function main([url, witnessFile, flag]: string[]): Promise<number> {
	if (url === undefined || witnessFile === undefined || (flag !== undefined && flag !== '--still-running')) {
		console.error('usage: main.ts DATABASE_URL WITNESS_FILE [--still-running]');
		return 2;
	}
	const client = new pg.Client({ connectionString: url });
	await client.connect();
	try {
		const history = await readHistory(
			async (sql) => (await client.query<Record<string, unknown>>(sql)).rows,
			witnessFile,
		);
		const offences = check(history, { drained: flag === undefined });
		const { transitions, tasks, executions, effects, sightings } = history;
		console.log(
			`${tasks.length} tasks, ${executions.length} executions and runs, ${transitions.length} entries of the log, ` +
				`${effects.length} effects, ${sightings.length} sightings, ${Object.keys(RULES).length} rules`,
		);
		console.log(verdictText(offences));
		return offences.length === 0 ? 0 : 1;
	} finally {
		await client.end();
	}
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
