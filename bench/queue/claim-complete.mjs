import { median } from '../measure.mjs';
import { openBare } from './bare.mjs';
import { openBareStatements } from './bare-statements.mjs';
import { BATCH, KEYS, openApart, openOurs, taskCount, UNLOGGED } from './ours.mjs';
import { openPlain } from './plain.mjs';
import { whole } from './report.mjs';
import { ratePerSecond, ratioOf, takeTurns } from './rounds.mjs';

const SECTION = 'claim + complete';
const CLIENTS = 8;
const BARE = 'the bare rows of ours';
const STATEMENTS = 'the bare statements on our tables';
const CASES = [
	{ batch: 10, atLeast: 0.5 },
	{ batch: 100, atLeast: 1 },
];

/** Tasks a second from the queue to their end, by 1 and by 8 clients, against pg-boss's fetch + complete of as many. */
export async function measureClaimComplete(cluster, report, { depth, rounds, ms, progress, peers }) {
	const databases = {};
	for (const name of ['ours', 'unlogged', 'pgboss', 'plain', 'bare', 'statements'])
		databases[name] = await cluster.open(`complete_${name}`);
	progress(`${SECTION}: filling the queues of ${whole(depth)}`);
	const parties = {
		ours: await openOurs(databases.ours, { keys: KEYS, depth }),
		[UNLOGGED]: await openOurs(databases.unlogged, { keys: KEYS, depth, logged: false }),
		'pg-boss': await peers.openPgBoss(databases.pgboss, { depth }),
		plain: await openPlain(databases.plain, { depth }),
		[BARE]: await openBare(databases.bare, { depth }),
		[STATEMENTS]: await openBareStatements(databases.statements, { keys: KEYS, depth }),
	};
	const apart = openApart(databases.ours, CLIENTS);
	for (const name of ['ours', UNLOGGED, STATEMENTS]) await parties[name].settleDown();
	for (const name of ['pgboss', 'plain', 'bare']) await databases[name].admin.query('vacuum analyze');
	try {
		for (const { batch, atLeast } of CASES) {
			for (const clients of [1, CLIENTS]) {
				const onRound = (round) =>
					progress(`${SECTION}, batch ${batch}, ${clients} clients, round ${round} of ${rounds}`);
				const turns = turnsOf({ ...parties, apart }, { batch, clients, ms });
				reportRates(report, await takeTurns(turns, { rounds, onRound }), { batch, clients, atLeast, depth });
			}
		}
	} finally {
		for (const party of [...apart, ...Object.values(parties)]) await party.close();
		for (const database of Object.values(databases)) await database.drop();
	}
}

const settle = async (door, executions) => door.settle(executions);

function turnsOf(parties, { batch, clients, ms }) {
	const {
		ours,
		[UNLOGGED]: unlogged,
		[BARE]: bare,
		[STATEMENTS]: statements,
		apart,
		'pg-boss': boss,
		plain,
	} = parties;
	const own =
		(end, party = ours, doorOf = () => party) =>
		async () => {
			await party.restore();
			return ratePerSecond(clients, ms, async (client) => {
				const door = doorOf(client);
				const executions = await door.claim(batch);
				const tasks = taskCount(executions);
				if (tasks < batch)
					throw new Error(`a claim won ${tasks} of ${batch} tasks from a queue of thousands`);
				await end(door, executions);
				return tasks;
			});
		};
	const other =
		(party, settled = batch) =>
		async () => {
			await party.restore();
			return ratePerSecond(clients, ms, async () => {
				const ids = await party.claim(batch);
				for (let from = 0; from < ids.length; from += settled)
					await party.settle(ids.slice(from, from + settled));
				return ids.length;
			});
		};
	return {
		ours: own(settle),
		...(clients > 1 && { 'ours, apart': own(settle, ours, (client) => apart[client]) }),
		'ours, dispatched': own(async (door, executions) => {
			await door.start(executions);
			await door.settle(executions);
		}),
		[UNLOGGED]: own(settle, unlogged),
		[BARE]: own(settle, bare),
		[STATEMENTS]: own(settle, statements),
		'pg-boss': other(boss),
		plain: other(plain),
		// A report settles one execution: so many commits no queue with executions of 10 can avoid.
		...(batch > BATCH && { 'plain, settled in tens': other(plain, BATCH) }),
	};
}

function reportRates(report, seen, { batch, clients, atLeast, depth }) {
	const of = `batch ${batch}, ${clients} ${clients === 1 ? 'client' : 'clients'}, ${whole(depth)} queued`;
	const rates = Object.entries(seen)
		.map(([who, all]) => `${who} ${whole(median(all))} tasks/s`)
		.join(', ');
	report.judge(SECTION, `${of}: ours to pg-boss`, ratioOf(seen.ours, seen['pg-boss']), { atLeast }, rates);
	report.note(
		SECTION,
		`${of}: ours with accept and start to pg-boss`,
		ratioOf(seen['ours, dispatched'], seen['pg-boss']),
	);
	report.note(SECTION, `${of}: ${UNLOGGED}, to pg-boss`, ratioOf(seen[UNLOGGED], seen['pg-boss']));
	for (const floor of [BARE, STATEMENTS])
		report.note(SECTION, `${of}: ${floor}, to pg-boss`, ratioOf(seen[floor], seen['pg-boss']));
	const apart = seen['ours, apart'];
	if (apart) {
		const what = `${of}: ours in ${clients} processes with 2 connections each, to pg-boss in one`;
		report.note(SECTION, what, ratioOf(apart, seen['pg-boss']));
	}
	const inTens = seen['plain, settled in tens'];
	if (inTens)
		report.note(SECTION, `${of}: plain, settled in tens, to pg-boss`, ratioOf(inTens, seen['pg-boss']));
}
