import type pg from 'pg';
import { backoffSeconds, type Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	claimOne,
	emptyQueue,
	executionRow,
	expireLease,
	failed,
	letWaitingPass,
	openQueue,
	reclaim,
	report,
	startOne,
	taskRow,
	TYPE,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;
beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => {
	await emptyQueue(database);
	await database.query('update orchestrator.workflow_types set backoff_jitter_seconds = 0');
});

const onlyTask = (execution: { items: { task_id: string }[] }) => execution.items[0]?.task_id ?? '';
const waitOf = async (taskId: string) => {
	const [row] = await database.query(
		`select extract(epoch from f.not_before - f.at)::float8 as seconds
		from (select (result ->> 'not_before')::timestamptz as not_before, at from orchestrator.failures where task_id = $1 order by id desc limit 1) f`,
		[taskId],
	);
	return Number(row?.seconds);
};

describe('the jitter of a backoff', () => {
	/** Fails one task in a session of its own; answers its wait in seconds. */
	async function failWith(client: pg.Client, seed: number): Promise<number> {
		const execution = await startOne(orchestrator);
		await client.query('select setseed($1)', [seed]);
		await client.query('select orchestrator.abandon_execution($1, $2, $3)', [
			execution.executionId,
			execution.epoch,
			JSON.stringify({ message: 'no' }),
		]);
		return await waitOf(onlyTask(execution));
	}

	test('comes from the random source of the session: the same seed waits the same time, by the formula in TypeScript', async () => {
		await database.query('update orchestrator.workflow_types set backoff_jitter_seconds = 30');
		const client = await database.client();
		for (const seed of [-0.9, 0, 0.3, 0.77]) {
			const { rows } = await client.query<{ draw: number }>('select setseed($1), random() as draw', [seed]);
			const expected = backoffSeconds(
				{ baseSeconds: 60, ceilingSeconds: 960, jitterSeconds: 30 },
				1,
				rows[0]?.draw ?? -1,
			);
			expect(Math.abs((await failWith(client, seed)) - expected)).toBeLessThan(0.5);
			expect(Math.abs((await failWith(client, seed)) - expected)).toBeLessThan(0.5);
		}
	});

	test('spreads over the whole ± 30 s, so that tasks which failed together do not come back together', async () => {
		await database.query('update orchestrator.workflow_types set backoff_jitter_seconds = 30');
		const waits: number[] = [];
		for (let n = 0; n < 40; n++) {
			const execution = await startOne(orchestrator);
			await orchestrator.executions.abandon(execution, { message: 'no' });
			waits.push(await waitOf(onlyTask(execution)));
		}
		expect(Math.min(...waits)).toBeGreaterThanOrEqual(29.5);
		expect(Math.max(...waits)).toBeLessThanOrEqual(90.5);
		expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(30);
	});
});

describe('the overrides of a task', () => {
	test('replace the numbers of its type: attempts, base and ceiling of the backoff', async () => {
		const overrides = {
			maxAttempts: 3,
			backoffBaseSeconds: 5,
			backoffCeilingSeconds: 8,
			backoffJitterSeconds: 0,
		};
		let execution = await startOne(orchestrator, { overrides });
		const taskId = onlyTask(execution);
		for (const seconds of [5, 8]) {
			await report(orchestrator, execution, [failed(taskId)]);
			expect(Math.abs((await waitOf(taskId)) - seconds)).toBeLessThan(0.5);
			await letWaitingPass(database);
			execution = await reclaim(orchestrator);
		}
		await report(orchestrator, execution, [failed(taskId)]);
		expect(await taskRow(database, taskId)).toMatchObject({ state: 'dead', attempts: 3 });
	});

	test('replace the number of deliveries and the time limit', async () => {
		let execution = await claimOne(orchestrator, { overrides: { deliveryRetries: 1, limitSeconds: 7 } });
		const taskId = onlyTask(execution);
		expect(execution.limitSeconds).toBe(7);
		await orchestrator.executions.refuse(execution, { message: 'no' });
		expect(await taskRow(database, taskId)).toMatchObject({ attempts: 0, delivery_failures: 1 });
		await letWaitingPass(database);
		execution = await reclaim(orchestrator);
		await orchestrator.executions.refuse(execution, { message: 'no' });
		expect(await taskRow(database, taskId)).toMatchObject({ attempts: 1, delivery_failures: 0 });
	});
});

test('an expiry counts as a failure and backs off like one', async () => {
	let execution = await startOne(orchestrator);
	const taskId = onlyTask(execution);
	for (const minutes of [1, 2]) {
		await expireLease(database, execution.executionId);
		await orchestrator.runs.recover();
		expect(Math.abs((await waitOf(taskId)) - minutes * 60)).toBeLessThan(0.5);
		await letWaitingPass(database);
		execution = await reclaim(orchestrator);
		await orchestrator.executions.accept(execution, `msg_${minutes}`);
		await orchestrator.executions.start(execution, '77');
	}
	expect(await taskRow(database, taskId)).toMatchObject({ attempts: 2, epoch: 3 });
});

test('while a delivery is unknown nothing changes: slot, epoch and lease stay until it is answered or the lease ends', async () => {
	const execution = await claimOne(orchestrator);
	const before = await executionRow(database, execution.executionId);
	await orchestrator.runs.recover();
	expect(await executionRow(database, execution.executionId)).toEqual(before);
	expect(
		await database.query(
			'select count(*)::int as n from orchestrator.execution_slots where execution_id = $1',
			[execution.executionId],
		),
	).toEqual([{ n: 1 }]);
	await expireLease(database, execution.executionId);
	await orchestrator.runs.recover();
	expect((await executionRow(database, execution.executionId)).status).toBe('expired');
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'scheduled', attempts: 1 });
	await letWaitingPass(database);
	expect((await reclaim(orchestrator)).epoch).toBe(execution.epoch + 1);
});

test('a type may allow fewer attempts than five', async () => {
	await database.query('update orchestrator.workflow_types set max_attempts = 1 where workflow_type = $1', [
		TYPE,
	]);
	const execution = await startOne(orchestrator);
	await report(orchestrator, execution, [failed(onlyTask(execution))]);
	expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'dead', attempts: 1 });
	await database.query('update orchestrator.workflow_types set max_attempts = 5');
});
