import { randomInt, randomUUID } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { inputOf } from '../queue/ours.mjs';

const CHUNK = 5000;
const priority = () => randomInt(0, 10);

/** pg-boss as its documentation has it: `insert`, `fetch`, `complete`; its own maintenance is off while we measure. */
export async function openPgBoss(database, { depth = 0, clients = 8 } = {}) {
	const boss = new PgBoss({
		connectionString: database.adminUrl,
		max: clients,
		supervise: false,
		schedule: false,
	});
	boss.on('error', () => undefined);
	await boss.start();
	const queue = 'bench';
	await boss.createQueue(queue);
	const jobs = (count, keyed) =>
		Array.from({ length: count }, (_, n) => ({
			data: inputOf(n),
			priority: priority(),
			...(keyed && { id: randomUUID() }),
		}));
	const topUp = async (count) => {
		for (let n = 0; n < count; n += CHUNK) await boss.insert(queue, jobs(Math.min(CHUNK, count - n)));
	};
	await topUp(depth);
	return {
		enqueue: async (count, { keyed }) => boss.insert(queue, jobs(count, keyed)),
		restore: async () => {
			const { rows } = await database.admin.query(
				`select count(*)::int as n from pgboss.job where state < 'active'`,
			);
			if (rows[0].n < depth) await topUp(depth - rows[0].n);
		},
		claim: async (tasks) => (await boss.fetch(queue, { batchSize: tasks })).map(({ id }) => id),
		settle: async (ids) => boss.complete(queue, ids),
		close: async () => boss.stop({ graceful: false, close: true }),
	};
}
