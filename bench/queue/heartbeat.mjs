import { median } from '../measure.mjs';
import { claimPlanOf, planRun } from '../../dist/core/index.js';
import { KEYS, openOurs, taskCount } from './ours.mjs';
import { two, whole } from './report.mjs';
import { countRoundTrips, openStatementTimes } from './round-trips.mjs';
import { timesOf } from './rounds.mjs';

const SECTION = 'heartbeat';

/** One heartbeat as the Master runs it, by the library's door: round trips and the server's own time. */
export async function measureHeartbeat(cluster, report, { depth, rounds, progress }) {
	progress(`${SECTION}: filling the queue of ${whole(depth)}`);
	const database = await cluster.open(`heartbeat_${depth}`);
	const times = await openStatementTimes(database);
	const ours = await openOurs(database, { keys: KEYS, depth });
	try {
		await ours.settleDown();
		await (
			await beat(ours)
		)(); // warm-up
		const seen = [];
		for (let round = 1; round <= rounds; round++) {
			progress(`${SECTION}, round ${round} of ${rounds}`);
			seen.push(await lookAt(ours, times));
		}
		reportBeats(report, seen, depth);
	} finally {
		await ours.close();
		await database.drop();
	}
}

async function lookAt(ours, times) {
	await times.reset();
	let wallMs;
	let giveBack;
	const trips = await countRoundTrips(async () => {
		[wallMs] = await timesOf(1, async () => {
			giveBack = await beat(ours);
		});
	});
	const statements = await times.read();
	await giveBack();
	return { trips, wallMs, databaseMs: statements.reduce((sum, { ms }) => sum + ms, 0), statements };
}

function reportBeats(report, seen, depth) {
	const of = (name) => {
		const values = seen.map((each) => each[name]);
		return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
	};
	const at = `at ${whole(depth)} queued`;
	report.judge(SECTION, `client round trips ${at}`, of('trips'), { atMost: 15 }, '');
	report.judge(
		SECTION,
		`database time ${at}, ms`,
		of('databaseMs'),
		{ atMost: 50 },
		`from the caller’s side ${two(of('wallMs').median)} ms; of the last one: ${dearest(seen.at(-1).statements)}`,
	);
}

const dearest = (statements) =>
	statements
		.slice(0, 4)
		.map(({ query, ms }) => `${/orchestrator\.(\w+)/.exec(query)?.[1] ?? 'other'} ${two(ms)} ms`)
		.join(', ');

/** Each has a slot of its own: the interval is part of a slot's key. */
let intervalSeconds = 300;

/** Answers how to give back what it claimed, for outside of the time that is taken. */
export async function beat({ orchestrator, settle, topUp }) {
	const { runs, resources, queue } = orchestrator;
	const owner = 'bench';
	const slot = await runs.takeSlot({ owner, intervalSeconds: intervalSeconds++, localTime: new Date() });
	if (!slot.won) throw new Error(`the slot was not won: ${slot.reason}`);
	const { runId } = await runs.begin({ kind: 'heartbeat', owner, slot: slot.slot });
	await runs.recover();
	await runs.zombies();
	const plan = planRun(await resources.snapshot(), { maxExecutions: 3 });
	const found = { mode: plan.mode, warnings: plan.warnings.map(({ message }) => message) };
	await runs.transition(runId, 'DISPATCHING');
	const claimed = await queue.claim(claimPlanOf(plan, { owner, runId }));
	if (claimed.length !== 3) throw new Error(`a heartbeat claimed ${claimed.length} executions, expected 3`);
	await runs.transition(runId, 'MONITORING');
	if (!(await runs.complete(runId, { queue: found }))) throw new Error('the heartbeat did not complete');
	return async () => {
		await settle(claimed);
		await topUp(taskCount(claimed));
	};
}
