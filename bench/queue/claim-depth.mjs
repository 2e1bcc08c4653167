import { median } from '../measure.mjs';
import { BATCH, openOurs, taskCount } from './ours.mjs';
import { openPlain } from './plain.mjs';
import { two, whole } from './report.mjs';
import { percentile, ratioOf, takeTurns, timesOf } from './rounds.mjs';

const SECTION = 'claim of 10';
const KEYS = [4, 32];

/** One execution of 10, at every depth, with 4 and 32 fair keys, in turns with the plain claim at the same depth. */
export async function measureClaims(cluster, report, { depths, rounds, calls, contendedCalls, progress }) {
	const stages = [];
	try {
		for (const depth of depths) stages.push(await openDepth(cluster, depth, progress));
		const seen = await takeTurns(Object.assign({}, ...stages.map((stage) => turnsOf(stage, calls))), {
			rounds,
			onRound: (round) => progress(`${SECTION}, round ${round} of ${rounds}`),
		});
		for (const { depth } of stages) reportDepth(report, seen, depth);
		reportGrowth(report, seen, depths);
		await reportShortClaims(report, stages.at(-1), { calls: contendedCalls, progress });
	} finally {
		for (const stage of stages) await stage.close();
	}
}

async function openDepth(cluster, depth, progress) {
	progress(`${SECTION}: filling the queues of ${whole(depth)}`);
	const parties = {};
	const databases = [];
	for (const keys of KEYS) {
		const database = await cluster.open(`claim_${depth}_${keys}`);
		databases.push(database);
		parties[keys] = await openOurs(database, { keys, depth });
		if (keys === KEYS[0]) parties.plain = await openPlain(database, { depth });
		if (keys === KEYS[0]) await database.admin.query('vacuum analyze plain_task');
		await parties[keys].settleDown();
	}
	const close = async () => {
		for (const party of Object.values(parties)) await party.close();
		for (const database of databases) await database.drop();
	};
	return { depth, parties, close };
}

/** Each claim is settled and made up for outside of its time, so that the depth stays what it says. */
function turnsOf({ depth, parties }, calls) {
	const turns = {};
	for (const keys of KEYS) {
		const ours = parties[keys];
		turns[`${depth} ${keys}`] = () =>
			timesOf(
				calls,
				() => ours.claim(BATCH),
				async (executions) => {
					expectFull(taskCount(executions));
					await ours.settle(executions);
					await ours.topUp(BATCH);
				},
			);
	}
	for (const [name, claim] of [
		['plain', parties.plain.claim],
		['named', parties.plain.claimNamed],
	]) {
		turns[`${depth} ${name}`] = () =>
			timesOf(
				calls,
				() => claim(BATCH),
				async (ids) => {
					expectFull(ids.length);
					await parties.plain.settle(ids);
					await parties.plain.topUp(BATCH);
				},
			);
	}
	return turns;
}

function expectFull(tasks) {
	if (tasks !== BATCH) throw new Error(`a claim won ${tasks} tasks, expected ${BATCH}`);
}

const medians = (rounds) => rounds.map(median);

function reportDepth(report, seen, depth) {
	const plain = seen[`${depth} plain`];
	for (const keys of KEYS) {
		const own = seen[`${depth} ${keys}`];
		const ratio = ratioOf(medians(own), medians(plain));
		const what = `ours to plain at ${whole(depth)} queued, ${keys} keys`;
		const detail = `ours ${figures(own)}, plain ${figures(plain)}`;
		if (keys === KEYS[0]) report.judge(SECTION, what, ratio, { atMost: 4 }, detail);
		else report.note(SECTION, what, ratio, detail);
	}
	report.note(
		SECTION,
		`ours to plain with a named statement at ${whole(depth)} queued, ${KEYS[0]} keys`,
		ratioOf(medians(seen[`${depth} ${KEYS[0]}`]), medians(seen[`${depth} named`])),
		`named ${figures(seen[`${depth} named`])}`,
	);
}

function figures(rounds) {
	const all = rounds.flat();
	return `p50 ${two(median(all))} ms, p95 ${two(percentile(all, 0.95))} ms`;
}

function reportGrowth(report, seen, depths) {
	const [least, most] = [depths[0], depths.at(-1)];
	for (const who of [...KEYS, 'plain']) {
		const ratio = ratioOf(medians(seen[`${most} ${who}`]), medians(seen[`${least} ${who}`]));
		const what = `growth from ${whole(least)} to ${whole(most)} queued, ${who === 'plain' ? 'plain' : `ours, ${who} keys`}`;
		if (who === 'plain') report.note(SECTION, what, ratio);
		else report.judge(SECTION, what, ratio, { atMost: 1.5 }, '');
	}
}

const CLIENTS = 8;

/** S7: with tasks left for everyone, no claim of 8 at once comes back with less than it asked for. */
async function reportShortClaims(report, { depth, parties }, { calls, progress }) {
	progress(`${SECTION}: ${CLIENTS} clients at once`);
	for (const keys of KEYS) {
		const ours = parties[keys];
		await ours.restore();
		let short = 0;
		await Promise.all(
			Array.from({ length: CLIENTS }, async () => {
				for (let n = 0; n < calls; n++) {
					const executions = await ours.claim(BATCH);
					if (taskCount(executions) < BATCH) short++;
					await ours.settle(executions);
				}
			}),
		);
		report.judge(
			SECTION,
			`short claims of ${CLIENTS} clients at ${whole(depth)} queued, ${keys} keys`,
			{ median: short, least: short, most: short },
			{ atMost: 0 },
			`of ${CLIENTS * calls} calls`,
		);
	}
}
