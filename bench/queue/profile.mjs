import { BATCH, KEYS, openOurs } from './ours.mjs';
import { newTasks } from './enqueue.mjs';
import { two, whole } from './report.mjs';
import { openStatementTimes } from './round-trips.mjs';

const SHOWN = 40;
const WARM_UPS = 3;

/**
 * Where the time of one operation goes: every statement inside the functions, foreign keys included, per operation.
 * A statement's time has that of the statements which it calls in it; `top` is the whole, less the commit.
 */
export async function profileQueue(cluster, _report, { depth, calls, progress }) {
	progress(`profile: filling the queue of ${whole(depth)}`);
	const database = await cluster.open('profile');
	const times = await openStatementTimes(database, { nested: true });
	const ours = await openOurs(database, { keys: KEYS, depth });
	try {
		await ours.settleDown();
		for (const [name, operation] of Object.entries(operationsOf(ours))) {
			await profileOne(name, operation, { times, calls });
		}
	} finally {
		await ours.close();
		await database.drop();
	}
}

/** `before` and `after` belong to the operation, but not to its time. */
function operationsOf(ours) {
	const { queue } = ours.orchestrator;
	const nothing = async () => undefined;
	return {
		'claim of one execution of 10': { before: nothing, work: () => ours.claim(BATCH), after: ours.settle },
		'claim of 10 executions of 10': {
			before: nothing,
			work: () => ours.claim(10 * BATCH),
			after: ours.settle,
		},
		'settle of one execution of 10': { before: () => ours.claim(BATCH), work: ours.settle, after: nothing },
		'settle of 10 executions of 10 at once': {
			before: () => ours.claim(10 * BATCH),
			work: ours.settle,
			after: nothing,
		},
		'accept and start of one execution of 10': {
			before: () => ours.claim(BATCH),
			work: async (executions) => {
				await ours.start(executions);
				return executions;
			},
			after: ours.settle,
		},
		'enqueue of 1,000 without keys': {
			before: nothing,
			work: () => queue.enqueue(newTasks(1000, false)),
			after: nothing,
		},
		'enqueue of 1,000 with keys': {
			before: nothing,
			work: () => queue.enqueue(newTasks(1000, true)),
			after: nothing,
		},
	};
}

async function profileOne(name, { before, work, after }, { times, calls }) {
	const sums = new Map();
	let wallMs = 0;
	for (let n = -WARM_UPS; n < calls; n++) {
		const given = await before();
		await times.reset();
		const startedAt = performance.now();
		const result = await work(given);
		const ms = performance.now() - startedAt;
		if (n >= 0) {
			wallMs += ms;
			for (const row of await times.read()) add(sums, row);
		}
		await after(result);
	}
	print(name, sums, { calls, wallMs });
}

function add(sums, { query, top, calls, ms, plan_ms }) {
	const key = `${top} ${query}`;
	const sum = sums.get(key) ?? { query, top, calls: 0, ms: 0, planMs: 0 };
	sum.calls += calls;
	sum.ms += ms;
	sum.planMs += plan_ms;
	sums.set(key, sum);
}

function print(name, sums, { calls, wallMs }) {
	console.log(`\n${name}: ${two(wallMs / calls)} ms from the caller's side, of which`);
	const rows = [...sums.values()].sort((a, b) => b.ms - a.ms).slice(0, SHOWN);
	for (const { query, top, calls: times, ms, planMs } of rows) {
		const text = query.replace(/\s+/g, ' ').trim().slice(0, 150);
		console.log(
			`  ${two(ms / calls).padStart(8)} ms (plan ${two(planMs / calls)}) in ${(times / calls).toFixed(1).padStart(5)} calls ${top ? 'top ' : ''}${text}`,
		);
	}
}
