import { median } from '../measure.mjs';
import { newTasks } from './enqueue.mjs';
import { beat } from './heartbeat.mjs';
import { BATCH, KEYS, openOurs } from './ours.mjs';
import { livePast } from './past.mjs';
import { two, whole } from './report.mjs';
import { ratioOf, takeTurns, timesOf } from './rounds.mjs';

const SECTION = 'history';
/** Rows a statement: one of all would keep its memory and its locks for minutes. */
const CHUNK = 100_000;

/** The same claim, enqueue and heartbeat on two databases in turns: one without a past, one with `finished` executions. */
export async function measureHistory(cluster, report, { finished, depth, rounds, calls, progress }) {
	const databases = { young: await cluster.open('history_young'), old: await cluster.open('history_old') };
	const parties = {};
	for (const [name, database] of Object.entries(databases)) {
		parties[name] = await openOurs(database, { keys: KEYS, depth });
	}
	try {
		for (let from = 0; from < finished; from += CHUNK) {
			progress(`${SECTION}: ${whole(from)} of ${whole(finished)} finished executions`);
			await livePast(databases.old.admin, { from, count: Math.min(CHUNK, finished - from), keys: KEYS });
		}
		for (const party of Object.values(parties)) await party.settleDown();
		// A million leases ended within minutes: what they left in the index of leases would be swept over months.
		for (const { admin } of Object.values(databases))
			await admin.query('vacuum orchestrator.workflow_orchestration');
		const turns = {};
		for (const [name, party] of Object.entries(parties)) {
			for (const [what, turn] of Object.entries(workOf(party, calls))) turns[`${name} ${what}`] = turn;
		}
		const onRound = (round) => progress(`${SECTION}, round ${round} of ${rounds}`);
		const seen = await takeTurns(turns, { rounds, onRound });
		for (const what of Object.keys(workOf(parties.young, calls))) {
			const [young, old] = [seen[`young ${what}`], seen[`old ${what}`]];
			const detail = `p50 ${two(median(old))} ms with, ${two(median(young))} ms without`;
			const of = `${what} with ${whole(finished)} finished executions to without`;
			report.judge(SECTION, of, ratioOf(old, young), { atMost: 1.1 }, detail);
		}
	} finally {
		for (const party of Object.values(parties)) await party.close();
		for (const database of Object.values(databases)) await database.drop();
	}
}

/** Median milliseconds of each kind of work; what it took is given back outside of the time. */
function workOf(party, calls) {
	const giveBack = async (executions) => {
		await party.settle(executions);
		await party.topUp(BATCH);
	};
	return {
		claim: async () => median(await timesOf(calls, () => party.claim(BATCH), giveBack)),
		enqueue: async () =>
			median(await timesOf(Math.ceil(calls / 8), () => party.orchestrator.queue.enqueue(newTasks(1000)))),
		heartbeat: async () =>
			median(
				await timesOf(
					Math.ceil(calls / 8),
					() => beat(party),
					(restore) => restore(),
				),
			),
	};
}
