import pg from 'pg';
import { createOrchestrator, type Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { startTransactionPooler } from '../support/transaction-pooler';
import { until } from '../support/verdict';
import { claimOne, onlyTask, openQueue, report, startWork, succeeded, task, taskRow } from './scenario';

let database: TestDatabase;
let direct: Orchestrator;
let pooler: Awaited<ReturnType<typeof startTransactionPooler>>;
let pooled: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator: direct } = await openQueue());
	pooler = await startTransactionPooler(database.url);
	pooled = createOrchestrator({ connection: { connectionString: pooler.url }, poolLingerMs: 0 });
});
afterAll(async () => {
	await pooled.close();
	await pooler.stop();
	await database.drop();
});

test('this pooler gives each transaction another server connection, and keeps one for a transaction', async () => {
	const client = new pg.Client({ connectionString: pooler.url });
	await client.connect();
	const pid = async () =>
		(await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
	expect(new Set([await pid(), await pid(), await pid()]).size).toBe(3);
	await client.query('begin');
	expect(new Set([await pid(), await pid(), await pid()]).size).toBe(1);
	await client.query('rollback');
	await client.end();
});

test('doctor finds it and says that the orchestrator polls; of a direct connection it does not', async () => {
	const connection = async (orchestrator: Orchestrator) =>
		(await orchestrator.doctor.examine({ localTime: () => new Date() })).find(
			({ check }) => check === 'connection',
		);
	expect(await connection(pooled)).toMatchObject({
		severity: 'warning',
		value: expect.stringContaining('polls'),
	});
	expect(await connection(direct)).toMatchObject({ severity: 'ok' });
}, 60_000);

test('behind it a task lives its whole life, and what waits is due at once without any hint', async () => {
	let hints = 0;
	let heard = 0;
	const listening = await pooled.wakeUps.listen(() => hints++);
	const witness = await direct.wakeUps.listen(() => heard++);
	await pooled.queue.enqueue([task()]);
	expect(await pooled.wakeUps.msUntilNextDue()).toBe(0);
	const execution = await claimOne(pooled);
	await startWork(pooled, execution);
	expect(await pooled.executions.renew(execution)).not.toBeNull();
	await report(pooled, execution, [succeeded(onlyTask(execution))]);
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'succeeded' });
	await pooled.runs.recover();
	await until('a direct connection heard them', async () => heard > 0, 30_000, 20);
	expect(hints).toBe(0);
	await listening.close();
	await witness.close();
});

test('many processes share its three server connections, and the same keys from all of them are each one task', async () => {
	const others = Array.from({ length: 6 }, () =>
		createOrchestrator({ connection: { connectionString: pooler.url }, poolLingerMs: 0 }),
	);
	const keys = Array.from({ length: 30 }, (_, n) => `shared-${n}`);
	const enqueued = await Promise.all(
		others.map(async (each) => each.queue.enqueue(keys.map((idempotencyKey) => task({ idempotencyKey })))),
	);
	expect(new Set(enqueued.flat().map(({ taskId }) => taskId)).size).toBe(30);
	await Promise.all(others.map(async (each) => each.close()));
}, 60_000);
