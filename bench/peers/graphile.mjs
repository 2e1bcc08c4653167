import { randomInt, randomUUID } from 'node:crypto';
import { Logger, makeWorkerUtils } from 'graphile-worker';
import pg from 'pg';
import { INPUT } from '../queue/ours.mjs';

const priority = () => randomInt(0, 10);

/** graphile-worker's batch enqueue, `addJobs`. */
export async function openGraphile(database, { clients = 8 } = {}) {
	const pool = new pg.Pool({ connectionString: database.adminUrl, max: clients });
	pool.on('error', () => undefined);
	const utils = await makeWorkerUtils({ pgPool: pool, logger: new Logger(() => () => undefined) });
	await utils.migrate();
	const spec = (keyed) => ({
		identifier: 'bench',
		payload: INPUT,
		priority: priority(),
		...(keyed && { jobKey: randomUUID() }),
	});
	return {
		enqueue: async (count, { keyed }) => utils.addJobs(Array.from({ length: count }, () => spec(keyed))),
		close: async () => {
			await utils.release();
			await pool.end();
		},
	};
}
