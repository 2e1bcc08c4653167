import type pg from 'pg';
import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	claimOne,
	emptyQueue,
	expireLease,
	openQueue,
	planFor,
	report,
	startOne,
	succeeded,
	task,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
let ear: pg.Client;
const heard: string[] = [];

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
	ear = await database.client();
	ear.on('notification', (message) => heard.push(message.payload ?? ''));
	await ear.query('listen orchestrator_wakeup');
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

/** Counts the hints that one action sends: notifications arrive before the answer of a later query on the same session. */
async function hintsOf(action: () => Promise<unknown>): Promise<string[]> {
	await ear.query('select 1');
	heard.length = 0;
	await action();
	await ear.query('select 1');
	return [...heard];
}

test('enqueueing many due tasks sends one hint without payload, a delayed one sends none', async () => {
	expect(await hintsOf(() => orchestrator.queue.enqueue([task(), task(), task()]))).toEqual(['']);
	expect(
		await hintsOf(() => orchestrator.queue.enqueue([task({ notBefore: new Date('2099-01-01') })])),
	).toEqual([]);
});

test('a duplicate enqueue sends no hint', async () => {
	await orchestrator.queue.enqueue([task({ idempotencyKey: 'k' })]);
	expect(await hintsOf(() => orchestrator.queue.enqueue([task({ idempotencyKey: 'k' })]))).toEqual([]);
});

test('every way to free a slot sends one hint', async () => {
	const settled = await startOne(orchestrator);
	expect(await hintsOf(() => report(orchestrator, settled, [succeeded(settled.items[0]!.task_id)]))).toEqual([
		'',
	]);
	const refused = await claimOne(orchestrator);
	expect(await hintsOf(() => orchestrator.executions.refuse(refused, { message: 'no' }))).toEqual(['']);
	const abandoned = await startOne(orchestrator);
	expect(await hintsOf(() => orchestrator.executions.abandon(abandoned, { message: 'no' }))).toEqual(['']);
	for (let n = 0; n < 3; n++) await expireLease(database, (await startOne(orchestrator)).executionId);
	expect(await hintsOf(() => orchestrator.runs.recover())).toEqual(['']);
});

test('claiming and renewing send none', async () => {
	await orchestrator.queue.enqueue([task()]);
	expect(await hintsOf(() => orchestrator.queue.claim(planFor()))).toEqual([]);
});

test('a listener hears an enqueue, and after a lost connection it comes back with a hint', async () => {
	let hints = 0;
	const listening = await orchestrator.wakeUps.listen(() => hints++);
	await orchestrator.queue.enqueue([task()]);
	await until(() => hints > 0);
	let before = hints;
	await database.query(
		`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query = 'listen orchestrator_wakeup' and pid <> $1`,
		[(await ear.query('select pg_backend_pid() as pid')).rows[0]?.pid],
	);
	await until(() => hints > before);
	before = hints;
	await orchestrator.queue.enqueue([task()]);
	await until(() => hints > before);
	await listening.close();
}, 60_000);

test('the next due instant covers delays, retries and leases; null means that nothing is planned', async () => {
	expect(await orchestrator.wakeUps.msUntilNextDue()).toBeNull();
	await orchestrator.queue.enqueue([task({ notBefore: new Date(Date.now() + 60_000) })]);
	const delayed = await orchestrator.wakeUps.msUntilNextDue();
	expect(delayed).toBeGreaterThan(50_000);
	expect(delayed).toBeLessThanOrEqual(60_000);
	await orchestrator.queue.enqueue([task()]);
	const [execution] = await orchestrator.queue.claim(planFor());
	expect(await orchestrator.wakeUps.msUntilNextDue()).toBeGreaterThan(20_000);
	expect(await orchestrator.wakeUps.msUntilNextDue()).toBeLessThanOrEqual(30_000);
	await expireLease(database, execution!.executionId);
	expect(await orchestrator.wakeUps.msUntilNextDue()).toBe(0);
});

test('a queued task that could start is due now, so that a lost hint or a killed pass delays it by a poll at most', async () => {
	await orchestrator.queue.enqueue([task()]);
	expect(await orchestrator.wakeUps.msUntilNextDue()).toBe(0);
	await database.query(`update orchestrator.workflow_types set paused_at = now(), paused_by = 'test'`);
	expect(await orchestrator.wakeUps.msUntilNextDue()).toBeNull();
	await database.query('update orchestrator.workflow_types set paused_at = null, paused_by = null');
	await orchestrator.queue.claim(planFor());
	expect(await orchestrator.wakeUps.msUntilNextDue()).toBeGreaterThan(0);
});

/** Waits for a condition, not for a time. */
async function until(condition: () => boolean): Promise<void> {
	const giveUpAt = Date.now() + 30_000;
	while (!condition()) {
		if (Date.now() > giveUpAt) throw new Error('the condition never came true');
		await new Promise((resolve) => setImmediate(resolve));
	}
}
