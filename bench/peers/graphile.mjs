import { randomInt, randomUUID } from 'node:crypto';
import { Logger, makeWorkerUtils } from 'graphile-worker';
import pg from 'pg';
import { inputOf } from '../queue/ours.mjs';

const priority = () => randomInt(0, 10);

/** graphile-worker's batch enqueue, `addJobs`. */
export async function openGraphile(database, { clients = 8 } = {}) {
	const pool = new pg.Pool({ connectionString: database.adminUrl, max: clients });
	pool.on('error', () => undefined);
	const utils = await makeWorkerUtils({ pgPool: pool, logger: new Logger(() => () => undefined) });
	await utils.migrate();
	const spec = (keyed, n) => ({
		identifier: 'bench',
		payload: inputOf(n),
		priority: priority(),
		...(keyed && { jobKey: randomUUID() }),
	});
	return {
		enqueue: async (count, { keyed }) =>
			utils.addJobs(Array.from({ length: count }, (_, n) => spec(keyed, n))),
		close: async () => {
			await utils.release();
			await pool.end();
		},
	};
}
