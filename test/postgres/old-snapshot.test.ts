import type pg from 'pg';
import type { Orchestrator } from '../../core';
import { entriesReadFor } from '../support/index-entries';
import { freshDatabase, type TestDatabase } from '../support/postgres';
import { quantile } from '../support/verdict';
import { lookFromTheBeginning, openType, planFor, report, succeeded, task, TYPE } from './scenario';

const SETTLED = 20_000;
const SLOTS = 10;
const BATCH = 10;
/** The claim looks for the first living row of each stream at most every 3 s a key; here after so many tasks. */
const BETWEEN_LOOKS = 2000;
/** Twice what dies between two looks, and what is taken: however much was settled before. */
const ENTRIES_BOUND = 2 * BETWEEN_LOOKS + 10 * SLOTS * BATCH;
const THREE_SECONDS_PASS = 'update orchestrator.fair_keys set looks_from_at = default';

/** What one claim of 100 tasks costs: milliseconds, and entries read from the index of the claim, dead ones included. */
interface Cost {
	ms: number;
	entries: number;
}

let database: TestDatabase;
let orchestrator: Orchestrator;
let claimer: pg.Client;
beforeEach(async () => {
	database = await freshDatabase();
	orchestrator = database.orchestrator();
	claimer = await database.client();
	await openType(database, orchestrator);
	await database.query(`update orchestrator.workflow_types set max_concurrent = 1000`);
	await database.query(
		`insert into orchestrator.execution_slots (slot_no) select generate_series(4, $1::integer)`,
		[SLOTS],
	);
	for (let n = 0; n < 3; n++) {
		await orchestrator.queue.enqueue(
			Array.from({ length: 8000 }, (_, index) => task({ priority: 1 + (index % 10) })),
		);
	}
	// An hour old and more, in the order of their ids: the claim moves its looks on only behind the last minute.
	await database.query(
		`update orchestrator.tasks set eligible_at = now() - interval '1 hour' - (24001 - id) * interval '0.1 seconds'`,
	);
	await lookFromTheBeginning(database);
	await database.query('vacuum analyze orchestrator.tasks');
}, 120_000);
afterEach(async () => database.drop());

/** What claims cost while 20,000 tasks are claimed and settled: the dearest of the first half and of the second. */
async function costsOfClaims(): Promise<{ firstHalf: Cost; secondHalf: Cost }> {
	const costs: Cost[] = [];
	for (let settled = 0; settled < SETTLED; settled += SLOTS * BATCH) {
		if (settled % BETWEEN_LOOKS === 0) await database.query(THREE_SECONDS_PASS);
		costs.push(await claimAndSettle());
	}
	const of = (sample: Cost[]): Cost => ({
		ms: quantile(
			sample.map(({ ms }) => ms),
			0.5,
		),
		entries: Math.max(...sample.map(({ entries }) => entries)),
	});
	const half = costs.length / 2;
	const found = { firstHalf: of(costs.slice(0, half)), secondHalf: of(costs.slice(half)) };
	console.log(JSON.stringify(found));
	return found;
}

async function claimAndSettle(): Promise<Cost> {
	const plan = JSON.stringify(planFor({ maxExecutions: SLOTS }, BATCH));
	let executions: Claimed[] = [];
	let ms = 0;
	const entries = await entriesReadFor(claimer, 'tasks_to_claim', async () => {
		const startedAt = performance.now();
		const { rows } = await claimer.query<{ claimed: Claimed }>('select orchestrator.claim($1) as claimed', [
			plan,
		]);
		ms = performance.now() - startedAt;
		executions = rows.map(({ claimed }) => claimed);
	});
	const settled = await Promise.all(executions.map(settle));
	const count = settled.reduce((sum, each) => sum + each, 0);
	if (count !== SLOTS * BATCH) throw new Error(`settled ${count} of ${SLOTS * BATCH} tasks of ${TYPE}`);
	return { ms, entries };
}

interface Claimed {
	executionId: string;
	epoch: number;
	items: { task_id: string }[];
}

async function settle({ items, ...ref }: Claimed): Promise<number> {
	const { settledTasks } = await report(
		orchestrator,
		ref,
		items.map(({ task_id }) => succeeded(task_id)),
	);
	return settledTasks.length;
}

/** The order of S5, computed from every task: score with its boost, then who has waited longest. One key has all of them. */
async function firstInOrder(count: number): Promise<string[]> {
	const rows = await database.query(
		`select id::text from orchestrator.tasks where state = 'queued'
		order by orchestrator.score(priority, eligible_at, now()) desc, eligible_at, id limit $1`,
		[count],
	);
	return rows.map(({ id }) => String(id));
}

test('a claim takes what the order of all of the tasks says, at 24,000 and after 20,000 were settled', async () => {
	const takesTheFirst = async () => {
		const expected = await firstInOrder(SLOTS * BATCH);
		const executions = await orchestrator.queue.claim(planFor({ maxExecutions: SLOTS }, BATCH));
		expect(executions.flatMap(({ items }) => items.map(({ task_id }) => task_id))).toEqual(expected);
		await Promise.all(executions.map(settle));
	};
	await takesTheFirst();
	await costsOfClaims();
	await takesTheFirst();
}, 240_000);

test.each(['without', 'with'])(
	'%s an old snapshot held open, the work of a claim does not grow with what was settled before',
	async (how) => {
		const holder = await database.client();
		if (how === 'with') {
			await holder.query('begin isolation level repeatable read');
			await holder.query('select count(*) from orchestrator.tasks');
		}
		const { firstHalf, secondHalf } = await costsOfClaims();
		expect(firstHalf.entries).toBeGreaterThanOrEqual(SLOTS * BATCH);
		// If every dead row had to be passed, the first half would read 10,000 at the end and the second 20,000.
		expect(firstHalf.entries).toBeLessThan(ENTRIES_BOUND);
		expect(secondHalf.entries).toBeLessThan(ENTRIES_BOUND);
	},
	240_000,
);
