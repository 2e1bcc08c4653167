import type pg from 'pg';
import type { NewTask, Orchestrator } from '../../core';
import { entriesReadFor } from '../support/index-entries';
import type { TestDatabase } from '../support/postgres';
import { openQueue, planFor, task } from './scenario';

const BATCH = 10;
/** Enough for the heads of every stream and a few looks at each task; 20,000 wait. */
const ENTRIES_BOUND = 2000;

let database: TestDatabase;
let orchestrator: Orchestrator;
let session: pg.Client;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	session = await database.client();
	// As before the first autovacuum: statistics know nothing, and this session keeps the plans of an almost empty table.
	await database.query('alter table orchestrator.tasks set (autovacuum_enabled = false)');
	await orchestrator.queue.enqueue(tasks(BATCH));
	await enqueueHere(1);
	expect(await claimHere()).toBe(1);
	for (let n = 0; n < 4; n++) await orchestrator.queue.enqueue(tasks(5000));
}, 120_000);
afterAll(async () => database.drop());

const tasks = (count: number): NewTask[] =>
	Array.from({ length: count }, (_, n) => task({ priority: 1 + (n % 10) }));

async function enqueueHere(count: number): Promise<void> {
	await session.query('select count(*) from orchestrator.enqueue_tasks($1)', [JSON.stringify(tasks(count))]);
}

async function claimHere(): Promise<number> {
	const plan = JSON.stringify(planFor({ maxExecutions: 1 }, BATCH));
	return (await session.query('select orchestrator.claim($1)', [plan])).rows.length;
}

test.each([
	['a claim', claimHere],
	['an enqueue', async () => enqueueHere(BATCH)],
])(
	'%s reads what it needs, also while statistics know nothing of the many tasks that wait',
	async (_, work) => {
		const entries = await entriesReadFor(session, '%', work);
		expect(entries).toBeGreaterThan(0);
		expect(entries).toBeLessThan(ENTRIES_BOUND);
	},
);
