import { randomUUID } from 'node:crypto';
import { median } from '../measure.mjs';
import { inputOf, KEYS, openOurs, TYPE, UNLOGGED } from './ours.mjs';
import { whole } from './report.mjs';
import { ratioOf, takeTurns, timesOf } from './rounds.mjs';

const SECTION = 'enqueue';
const BATCH = 1000;

/** Batches of 1,000 through each library's own call, in tasks a second; with and without a key that forbids repetition. */
export async function measureEnqueue(cluster, report, { rounds, calls, progress, peers }) {
	const databases = {};
	for (const name of ['ours', 'unlogged', 'pgboss', 'graphile'])
		databases[name] = await cluster.open(`enqueue_${name}`);
	const ours = await openOurs(databases.ours, { keys: KEYS, depth: 0 });
	const unlogged = await openOurs(databases.unlogged, { keys: KEYS, depth: 0, logged: false });
	const boss = await peers.openPgBoss(databases.pgboss);
	const graphile = await peers.openGraphile(databases.graphile);
	try {
		for (const keyed of [false, true]) {
			const enqueues = {
				ours: () => ours.orchestrator.queue.enqueue(newTasks(BATCH, keyed)),
				[UNLOGGED]: () => unlogged.orchestrator.queue.enqueue(newTasks(BATCH, keyed)),
				'pg-boss': () => boss.enqueue(BATCH, { keyed }),
				'graphile-worker': () => graphile.enqueue(BATCH, { keyed }),
			};
			const turns = Object.fromEntries(
				Object.entries(enqueues).map(([who, enqueue]) => [who, () => ratesOf(calls, enqueue)]),
			);
			const onRound = (round) =>
				progress(`${SECTION}${keyed ? ' with keys' : ''}, round ${round} of ${rounds}`);
			reportRates(report, await takeTurns(turns, { rounds, onRound }), keyed);
		}
	} finally {
		for (const party of [ours, unlogged, boss, graphile]) await party.close();
		for (const database of Object.values(databases)) await database.drop();
	}
}

const ratesOf = async (calls, enqueue) => BATCH / (median(await timesOf(calls, enqueue)) / 1000);

function reportRates(report, seen, keyed) {
	const rates = Object.fromEntries(Object.entries(seen).map(([who, all]) => [who, median(all)]));
	const faster = rates['pg-boss'] > rates['graphile-worker'] ? 'pg-boss' : 'graphile-worker';
	const what = (who) =>
		`${whole(BATCH)} tasks ${keyed ? 'with' : 'without'} keys, ${who} to the faster peer (${faster})`;
	report.judge(
		SECTION,
		what('ours'),
		ratioOf(seen.ours, seen[faster]),
		{ atLeast: 1 },
		Object.entries(rates)
			.map(([who, rate]) => `${who} ${whole(rate)} tasks/s`)
			.join(', '),
	);
	report.note(SECTION, what(UNLOGGED), ratioOf(seen[UNLOGGED], seen[faster]));
}

export const newTasks = (count, keyed = false) =>
	Array.from({ length: count }, (_, n) => ({
		workflowType: TYPE,
		priority: 1 + (n % 10),
		input: inputOf(n),
		...(keyed && { idempotencyKey: randomUUID() }),
	}));
