import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import {
	claimOne,
	emptyQueue,
	executionRow,
	expireLease,
	failed,
	letWaitingPass,
	oneRow,
	onlyTask,
	openQueue,
	planFor,
	reclaim,
	report,
	startOne,
	succeeded,
	task,
	taskRow,
	lookFromTheBeginning,
} from './scenario';

let database: TestDatabase;
let orchestrator: Orchestrator;

beforeAll(async () => {
	({ database, orchestrator } = await openQueue());
});
afterAll(async () => database.drop());
beforeEach(async () => emptyQueue(database));

const refusal = { message: 'connect ECONNREFUSED' };
const secondsUntil = async (column: string, taskId: string) => {
	const row = await oneRow(
		database,
		`select extract(epoch from ${column} - clock_timestamp())::float8 as s from orchestrator.tasks where id = $1`,
		[taskId],
	);
	return Number(row.s);
};

describe('acknowledging', () => {
	test('the first accept wins, the duplicate gets the answer that starts nothing', async () => {
		const execution = await claimOne(orchestrator);
		expect(await orchestrator.executions.accept(execution, 'msg_1')).toBe('accepted');
		expect(await orchestrator.executions.accept(execution, 'msg_1')).toBe('duplicate');
		const row = await executionRow(database, execution.executionId);
		expect(row).toMatchObject({ status: 'accepted', webhook_id: 'msg_1' });
	});

	test('of two accepts at the same moment exactly one is accepted', async () => {
		const execution = await claimOne(orchestrator);
		const other = database.orchestrator();
		const answers = await Promise.all(
			[orchestrator, other, other].map((each) => each.executions.accept(execution, 'msg_1')),
		);
		expect(answers.sort()).toEqual(['accepted', 'duplicate', 'duplicate']);
	});

	test('a wrong epoch, an expired lease, a refused and an unknown execution are stale', async () => {
		const execution = await claimOne(orchestrator);
		const wrongEpoch = { ...execution, epoch: execution.epoch + 1 };
		expect(await orchestrator.executions.accept(wrongEpoch, 'msg_1')).toBe('stale');
		await expireLease(database, execution.executionId);
		expect(await orchestrator.executions.accept(execution, 'msg_1')).toBe('stale');
		expect(await orchestrator.executions.refuse(execution, refusal)).toBe(true);
		expect(await orchestrator.executions.accept(execution, 'msg_1')).toBe('stale');
		const unknown = { executionId: '00000000-0000-4000-8000-000000000000', epoch: 1 };
		expect(await orchestrator.executions.accept(unknown, 'msg_1')).toBe('stale');
	});

	test('the work lease starts at the acknowledgement and never passes the deadline', async () => {
		const execution = await claimOne(orchestrator);
		await orchestrator.executions.accept(execution, 'msg_1');
		const row = await oneRow(
			database,
			`select extract(epoch from lease_until - accepted_at)::float8 as lease, extract(epoch from deadline_at - accepted_at)::float8 as deadline
			from orchestrator.workflow_orchestration where id = $1`,
			[execution.executionId],
		);
		expect(row).toEqual({ lease: 90, deadline: 300 });
	});

	test('a late 202 after the result is a no-op', async () => {
		const execution = await claimOne(orchestrator);
		await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
		expect(await orchestrator.executions.accept(execution, 'msg_1')).toBe('duplicate');
		expect((await executionRow(database, execution.executionId)).status).toBe('reported');
	});
});

describe('starting and renewing', () => {
	test('start moves execution and tasks once; another n8n execution gets nothing', async () => {
		const execution = await claimOne(orchestrator);
		expect(await orchestrator.executions.start(execution, '1')).toBeNull();
		await orchestrator.executions.accept(execution, 'msg_1');
		expect(await orchestrator.executions.start(execution, '1')).toMatchObject({
			deadlineAt: expect.any(Date),
		});
		expect(await orchestrator.executions.start(execution, '2')).toBeNull();
		expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'running' });
	});

	test('a start after the lease ran out does no work, even before anyone recovered it', async () => {
		const execution = await claimOne(orchestrator);
		await orchestrator.executions.accept(execution, 'msg_1');
		await expireLease(database, execution.executionId);
		expect(await orchestrator.executions.start(execution, '1')).toBeNull();
		expect((await executionRow(database, execution.executionId)).status).toBe('accepted');
	});

	test('a start with an older epoch does no work', async () => {
		const execution = await claimOne(orchestrator);
		await orchestrator.executions.accept(execution, 'msg_1');
		expect(await orchestrator.executions.start({ ...execution, epoch: execution.epoch - 1 }, '1')).toBeNull();
	});

	test('renewing extends the lease up to the deadline and not beyond', async () => {
		const execution = await startOne(orchestrator);
		await database.query(
			`update orchestrator.workflow_orchestration set lease_until = clock_timestamp() + interval '5 seconds', deadline_at = clock_timestamp() + interval '20 seconds' where id = $1`,
			[execution.executionId],
		);
		const renewed = await orchestrator.executions.renew(execution);
		const row = await executionRow(database, execution.executionId);
		expect(renewed?.leaseUntil).toEqual(row.deadline_at);
	});

	test('renewing after the lease ran out, after the end or with another epoch says that it was taken away', async () => {
		const execution = await startOne(orchestrator);
		expect(await orchestrator.executions.renew({ ...execution, epoch: 99 })).toBeNull();
		await expireLease(database, execution.executionId);
		expect(await orchestrator.executions.renew(execution)).toBeNull();
		await orchestrator.runs.recover();
		expect(await orchestrator.executions.renew(execution)).toBeNull();
	});
});

describe('settling', () => {
	const usage = [
		{
			provider: 'openai',
			model: 'gpt-4o-mini-2024-07-18',
			requests: 2,
			input_tokens: 1_000_000,
			output_tokens: 500_000,
		},
	];

	test('a success ends task and execution, frees the slot and books the cost', async () => {
		const execution = await startOne(orchestrator);
		const answer = await report(orchestrator, execution, [succeeded(onlyTask(execution), usage)]);
		expect(answer).toEqual({ outcome: 'applied', settledTasks: [onlyTask(execution)] });
		expect(await taskRow(database, onlyTask(execution))).toMatchObject({
			state: 'succeeded',
			execution_id: null,
			cost_usd: '0.450000',
			result: { words: 600 },
		});
		expect(await executionRow(database, execution.executionId)).toMatchObject({
			status: 'reported',
			lease_until: null,
			cost_usd: '0.450000',
		});
		expect(
			await database.query(`select * from orchestrator.execution_slots where execution_id is not null`),
		).toEqual([]);
	});

	test('a result is legal straight from claimed and from accepted', async () => {
		const claimed = await claimOne(orchestrator);
		expect((await report(orchestrator, claimed, [succeeded(onlyTask(claimed))])).outcome).toBe('applied');
		const accepted = await claimOne(orchestrator);
		await orchestrator.executions.accept(accepted, 'msg_2');
		expect((await report(orchestrator, accepted, [succeeded(onlyTask(accepted))])).outcome).toBe('applied');
	});

	test('a replayed callback is a duplicate: no state changes, no usage is booked twice', async () => {
		const execution = await startOne(orchestrator);
		const items = [succeeded(onlyTask(execution), usage)];
		await report(orchestrator, execution, items);
		const before = await database.query(`select count(*) from orchestrator.state_transitions`);
		expect(await report(orchestrator, execution, items)).toEqual({ outcome: 'duplicate', settledTasks: [] });
		expect(await database.query(`select count(*) from orchestrator.state_transitions`)).toEqual(before);
		expect(await database.query(`select * from orchestrator.workflow_resource_usage`)).toHaveLength(1);
	});

	test('of the same callback at the same moment exactly one is applied', async () => {
		const execution = await startOne(orchestrator);
		const others = [orchestrator, database.orchestrator(), database.orchestrator(), database.orchestrator()];
		const answers = await Promise.all(
			others.map((each) => report(each, execution, [succeeded(onlyTask(execution), usage)])),
		);
		expect(answers.map((each) => each.outcome).sort()).toEqual([
			'applied',
			'duplicate',
			'duplicate',
			'duplicate',
		]);
		expect(await database.query(`select * from orchestrator.workflow_resource_usage`)).toHaveLength(1);
	});

	test('a duplicate waits for the first one to commit and never answers early', async () => {
		const execution = await startOne(orchestrator);
		const holder = await database.client();
		await holder.query('begin');
		await holder.query(
			`insert into orchestrator.callback_receipts (webhook_id, execution_id, epoch, outcome) values ('cb_x', $1, 1, 'pending')`,
			[execution.executionId],
		);
		let answered = false;
		const duplicate = report(orchestrator, execution, [succeeded(onlyTask(execution))], 'cb_x').finally(
			() => (answered = true),
		);
		await waitFor(
			async () =>
				(
					await database.query(
						`select 1 from pg_locks where not granted and database = (select oid from pg_database where datname = current_database()) or (locktype = 'transactionid' and not granted)`,
					)
				).length > 0,
		);
		expect(answered).toBe(false);
		await holder.query('commit');
		expect((await duplicate).outcome).toBe('duplicate');
	});

	test('a stale callback changes no state, but its usage and cost are recorded', async () => {
		const execution = await startOne(orchestrator);
		await expireLease(database, execution.executionId);
		await orchestrator.runs.recover();
		const before = await taskRow(database, onlyTask(execution));
		const answer = await report(orchestrator, execution, [succeeded(onlyTask(execution), usage)]);
		expect(answer).toEqual({ outcome: 'stale', settledTasks: [] });
		expect(await taskRow(database, onlyTask(execution))).toEqual({ ...before, cost_usd: '0.450000' });
		expect(await database.query(`select stale, cost_usd from orchestrator.workflow_resource_usage`)).toEqual([
			{ stale: true, cost_usd: '0.450000' },
		]);
	});

	test('a callback of an older epoch cannot settle the execution that took over', async () => {
		const old = await startOne(orchestrator);
		await expireLease(database, old.executionId);
		await orchestrator.runs.recover();
		await letWaitingPass(database);
		const current = await reclaim(orchestrator);
		expect(current.epoch).toBeGreaterThan(old.epoch);
		const forged = { executionId: current.executionId, epoch: old.epoch };
		expect((await report(orchestrator, forged, [succeeded(onlyTask(old))])).outcome).toBe('stale');
		expect(await taskRow(database, onlyTask(current))).toMatchObject({ state: 'claimed' });
	});

	test('items may come in parts; each counts once and the last one ends the execution', async () => {
		await orchestrator.queue.enqueue([task(), task()]);
		const execution = await reclaim(orchestrator, 2);
		const [first, second] = execution.items.map((item) => item.task_id) as [string, string];
		expect((await report(orchestrator, execution, [succeeded(first)])).settledTasks).toEqual([first]);
		expect((await executionRow(database, execution.executionId)).status).toBe('claimed');
		expect(await report(orchestrator, execution, [failed(first)])).toEqual({
			outcome: 'duplicate',
			settledTasks: [],
		});
		expect((await report(orchestrator, execution, [succeeded(first), failed(second)])).settledTasks).toEqual([
			second,
		]);
		expect((await executionRow(database, execution.executionId)).status).toBe('reported');
		expect(await taskRow(database, first)).toMatchObject({ state: 'succeeded' });
	});

	test('an item of another execution is not settled by this one', async () => {
		const mine = await startOne(orchestrator);
		const other = await startOne(orchestrator);
		expect((await report(orchestrator, mine, [succeeded(onlyTask(other))])).settledTasks).toEqual([]);
		expect(await taskRow(database, onlyTask(other))).toMatchObject({ state: 'running' });
		expect((await report(orchestrator, other, [succeeded(onlyTask(other))])).settledTasks).toEqual([
			onlyTask(other),
		]);
	});

	test('usage of a model without a price is recorded with an unknown cost', async () => {
		const execution = await startOne(orchestrator);
		await report(orchestrator, execution, [
			succeeded(onlyTask(execution), [{ ...usage[0]!, model: 'mystery' }]),
		]);
		expect(await database.query(`select model, cost_usd from orchestrator.workflow_resource_usage`)).toEqual([
			{ model: 'mystery', cost_usd: null },
		]);
	});
});

describe('failing', () => {
	test('failures 1 to 4 back off 1, 2, 4 and 8 minutes, the 5th is the death of the task', async () => {
		let execution = await startOne(orchestrator);
		const taskId = onlyTask(execution);
		for (const minutes of [1, 2, 4, 8]) {
			await report(orchestrator, execution, [failed(taskId)]);
			expect(await taskRow(database, taskId)).toMatchObject({ state: 'scheduled', finished_at: null });
			expect(Math.abs((await secondsUntil('not_before', taskId)) - minutes * 60)).toBeLessThan(5);
			await letWaitingPass(database);
			execution = await reclaim(orchestrator);
		}
		await report(orchestrator, execution, [failed(taskId)]);
		expect(await taskRow(database, taskId)).toMatchObject({
			state: 'dead',
			attempts: 5,
			error: { message: 'the model refused' },
		});
	});

	test('a report may recommend no retry, and an earliest instant', async () => {
		const first = await startOne(orchestrator);
		await report(orchestrator, first, [failed(onlyTask(first), { recommended: false, not_before: null })]);
		expect(await taskRow(database, onlyTask(first))).toMatchObject({ state: 'dead', attempts: 1 });
		const second = await startOne(orchestrator);
		await report(orchestrator, second, [
			failed(onlyTask(second), { recommended: true, not_before: '2099-01-01T00:00:00Z' }),
		]);
		expect(await taskRow(database, onlyTask(second))).toMatchObject({
			state: 'scheduled',
			not_before: new Date('2099-01-01T00:00:00Z'),
		});
	});

	test('a retry keeps half of the age it had, so that a poison task does not lead for ever', async () => {
		await orchestrator.queue.enqueue([task()]);
		await database.query(
			`update orchestrator.tasks set eligible_at = clock_timestamp() - interval '40 minutes'`,
		);
		await lookFromTheBeginning(database);
		const execution = await reclaim(orchestrator);
		await report(orchestrator, execution, [failed(onlyTask(execution))]);
		const row = await oneRow(
			database,
			`select extract(epoch from not_before - eligible_at)::float8 / 60 as minutes from orchestrator.tasks`,
		);
		expect(Number(row.minutes)).toBeCloseTo(20, 1);
	});
});

describe('refusing', () => {
	test('a delivery series waits 1, 2 and 4 minutes; its exhaustion is one task failure', async () => {
		let execution = await claimOne(orchestrator);
		const taskId = onlyTask(execution);
		for (const minutes of [1, 2, 4]) {
			expect(await orchestrator.executions.refuse(execution, refusal)).toBe(true);
			expect(await taskRow(database, taskId)).toMatchObject({ state: 'scheduled', attempts: 0 });
			expect(Math.abs((await secondsUntil('not_before', taskId)) - minutes * 60)).toBeLessThan(5);
			expect((await executionRow(database, execution.executionId)).status).toBe('cancelled');
			await letWaitingPass(database);
			const next = await reclaim(orchestrator);
			expect(next.epoch).toBe(execution.epoch + 1);
			execution = next;
		}
		await orchestrator.executions.refuse(execution, refusal);
		expect(await taskRow(database, taskId)).toMatchObject({
			state: 'scheduled',
			attempts: 1,
			delivery_failures: 0,
		});
	});

	test('a refusal frees the slot at once', async () => {
		const execution = await claimOne(orchestrator);
		await orchestrator.executions.refuse(execution, refusal);
		expect((await orchestrator.resources.snapshot()).slots).toEqual({ total: 3, free: 3 });
	});

	test('the endpoint may ask for more patience than the series', async () => {
		const execution = await claimOne(orchestrator);
		await orchestrator.executions.refuse(execution, refusal, { retryAt: new Date('2099-01-01T00:00:00Z') });
		expect(await taskRow(database, onlyTask(execution))).toMatchObject({
			not_before: new Date('2099-01-01T00:00:00Z'),
		});
	});

	test('what was accepted meanwhile is not refused, and an accepted delivery ends the series', async () => {
		const first = await claimOne(orchestrator);
		await orchestrator.executions.refuse(first, refusal);
		await letWaitingPass(database);
		const second = await reclaim(orchestrator);
		await orchestrator.executions.accept(second, 'msg_2');
		expect(await orchestrator.executions.refuse(second, refusal)).toBe(false);
		expect(await taskRow(database, onlyTask(second))).toMatchObject({
			state: 'claimed',
			delivery_failures: 0,
		});
	});
});

describe('recovering', () => {
	test.each(['claimed', 'accepted', 'started'])(
		'an execution killed while %s expires and its task is tried again',
		async (stage) => {
			const execution = await claimOne(orchestrator);
			if (stage !== 'claimed') await orchestrator.executions.accept(execution, 'msg_1');
			if (stage === 'started') await orchestrator.executions.start(execution, '7');
			await expireLease(database, execution.executionId);
			expect(await orchestrator.runs.recover()).toMatchObject({
				expiredExecutions: 1,
				requeuedTasks: 1,
				deadTasks: 0,
			});
			expect(await executionRow(database, execution.executionId)).toMatchObject({
				status: 'expired',
				error: { code: 'LEASE_EXPIRED' },
			});
			await letWaitingPass(database);
			expect((await reclaim(orchestrator)).items).toMatchObject([
				{ task_id: onlyTask(execution), attempt: 2 },
			]);
		},
	);

	test('a lease in force is left alone', async () => {
		await startOne(orchestrator);
		expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 0, requeuedTasks: 0 });
	});

	test('a lease that was renewed between the look and the lock is left alone', async () => {
		const execution = await startOne(orchestrator);
		const rows = await database.query('select requeued, dead from orchestrator.expire_execution($1)', [
			execution.executionId,
		]);
		expect(rows).toEqual([{ requeued: null, dead: null }]);
		expect((await executionRow(database, execution.executionId)).status).toBe('started');
	});

	test('an execution whose report is just being settled is not waited for', async () => {
		const execution = await startOne(orchestrator);
		await expireLease(database, execution.executionId);
		const settling = await database.client();
		await settling.query('begin');
		await settling.query('select orchestrator.lock_execution($1)', [execution.executionId]);
		expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 0 });
		await settling.query('rollback');
		expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1 });
	});

	test('two recoveries at once count each expiry once', async () => {
		for (let n = 0; n < 3; n++) await expireLease(database, (await startOne(orchestrator)).executionId);
		const reports = await Promise.all(
			[orchestrator, database.orchestrator()].map((each) => each.runs.recover()),
		);
		expect(reports.reduce((sum, each) => sum + each.expiredExecutions, 0)).toBe(3);
		expect(await database.query(`select 1 from orchestrator.tasks where attempts <> 1`)).toEqual([]);
	});

	test('settled items of an expired execution stay settled', async () => {
		await orchestrator.queue.enqueue([task(), task()]);
		const execution = await reclaim(orchestrator, 2);
		await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
		await expireLease(database, execution.executionId);
		expect(await orchestrator.runs.recover()).toMatchObject({ expiredExecutions: 1, requeuedTasks: 1 });
		expect(await taskRow(database, onlyTask(execution))).toMatchObject({ state: 'succeeded' });
	});

	test('the fifth expiry is the death of the task', async () => {
		const execution = await startOne(orchestrator);
		await database.query(`update orchestrator.tasks set attempts = 4`);
		await expireLease(database, execution.executionId);
		expect(await orchestrator.runs.recover()).toMatchObject({ requeuedTasks: 0, deadTasks: 1 });
	});

	test('abandoning fails at once what was not reported, also found by the n8n execution', async () => {
		await orchestrator.queue.enqueue([task(), task()]);
		const execution = await reclaim(orchestrator, 2);
		await orchestrator.executions.accept(execution, 'msg_1');
		await orchestrator.executions.start(execution, '4711');
		await report(orchestrator, execution, [succeeded(onlyTask(execution))]);
		expect(await orchestrator.executions.abandonByN8nExecution('4712', { message: 'crashed' })).toBe(0);
		expect(await orchestrator.executions.abandonByN8nExecution('4711', { message: 'crashed' })).toBe(1);
		expect(await orchestrator.executions.abandon(execution, { message: 'again' })).toBe(0);
		expect(await executionRow(database, execution.executionId)).toMatchObject({
			status: 'expired',
			error: { message: 'crashed' },
		});
	});

	test('claiming after many refusals and expiries never lowers the epoch', async () => {
		let execution = await claimOne(orchestrator);
		for (let n = 1; n <= 4; n++) {
			if (n % 2) await orchestrator.executions.refuse(execution, refusal);
			else await expireLease(database, execution.executionId);
			await orchestrator.runs.recover();
			await letWaitingPass(database);
			const next = await reclaim(orchestrator);
			expect(next.epoch).toBe(execution.epoch + 1);
			execution = next;
		}
		expect(await orchestrator.queue.claim(planFor())).toEqual([]);
	});
});

/** Waits for a condition, not for a time. */
async function waitFor(condition: () => Promise<boolean>): Promise<void> {
	for (let tries = 0; tries < 2000; tries++) if (await condition()) return;
	throw new Error('the condition never came true');
}
