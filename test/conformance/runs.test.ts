import { IllegalTransitionError, InvalidInputError, SlotLostError } from '../../core';
import {
	claimOne,
	failed,
	onlyTask,
	planFor,
	reclaim,
	report,
	startOne,
	startWork,
	succeeded,
	task,
	TYPE,
} from '../postgres/scenario';
import { conform, minutesBetween } from './conform';
import type { House } from './house';

const ERROR = { message: 'it broke', code: 'BROKEN' };
/** The boundary that is nearest to now stays the nearest for years. */
const intervalSeconds = 30 * 365 * 86_400;

async function takeSlot({ ports, now }: House, owner: string, leaseSeconds?: number) {
	const localTime = new Date((await now()).getTime() + 5000);
	return ports.runs.takeSlot({ owner, localTime, intervalSeconds, leaseSeconds });
}

async function wonSlot(house: House, owner: string) {
	const answer = await takeSlot(house, owner);
	if (!answer.won) throw new Error(`the slot was not won: ${answer.reason}`);
	return answer.slot;
}

async function heartbeat(house: House, owner = 'a') {
	const slot = await wonSlot(house, owner);
	return { slot, ...(await house.ports.runs.begin({ kind: 'heartbeat', owner, slot })) };
}

const endOf = async ({ ports }: House, runId: string) => {
	const { entries } = await ports.history.runs();
	return entries.find((each) => each.runId === runId);
};

conform('heartbeat slots', (house) => {
	test('one of two gets the slot, and learns its lease and how far the clocks are apart', async () => {
		const slot = await wonSlot(house(), 'a');
		expect(slot.epoch).toBe(1);
		expect(minutesBetween(await house().now(), slot.leaseUntil)).toBe(1);
		expect(Math.round(slot.clockSkewMs / 5000)).toBe(1);
		expect(await takeSlot(house(), 'b')).toEqual({
			won: false,
			slotKey: slot.slotKey,
			slotAt: slot.slotAt,
			reason: 'held_by_other',
		});
	});

	test('the slot is the boundary nearest to now', async () => {
		const { ports, now } = house();
		const answer = await ports.runs.takeSlot({ owner: 'a', localTime: await now() });
		if (!answer.won) throw new Error('the slot was not won');
		const { slotAt, deviationMs, slotKey } = answer.slot;
		expect(slotAt.getTime() % 300_000).toBe(0);
		expect(Math.abs(deviationMs)).toBeLessThanOrEqual(150_000);
		expect(slotKey).toBe(`heartbeat:300:${slotAt.toISOString().slice(0, 19)}Z`);
	});

	test('an unfinished slot whose lease ran out is taken over with the next epoch', async () => {
		await wonSlot(house(), 'a');
		await house().pass(90);
		expect((await wonSlot(house(), 'b')).epoch).toBe(2);
	});

	test('a completed slot is never taken again', async () => {
		const { runId } = await heartbeat(house());
		await house().ports.runs.complete(runId);
		await house().pass(90);
		expect(await takeSlot(house(), 'b')).toMatchObject({ won: false, reason: 'already_finished' });
	});

	test('a run cannot begin in a slot that was taken over, nor without one', async () => {
		const { ports, pass } = house();
		const slot = await wonSlot(house(), 'a');
		await pass(90);
		await wonSlot(house(), 'b');
		await expect(ports.runs.begin({ kind: 'heartbeat', owner: 'a', slot })).rejects.toThrow(SlotLostError);
		await expect(ports.runs.begin({ kind: 'heartbeat', owner: 'a' })).rejects.toThrow(SlotLostError);
	});

	test('each step of a run keeps its slot for another minute', async () => {
		const { runId } = await heartbeat(house());
		await house().pass(45);
		await house().ports.runs.transition(runId, 'DISPATCHING');
		await house().pass(40);
		expect(await takeSlot(house(), 'b')).toMatchObject({ won: false, reason: 'held_by_other' });
	});

	test('of two runs in one slot only the one in force completes it; the other ends in ERROR_RECOVERY', async () => {
		const first = await heartbeat(house(), 'a');
		await house().pass(90);
		const second = await heartbeat(house(), 'b');
		const { runs } = house().ports;
		expect(await runs.complete(first.runId)).toBe(false);
		expect(await runs.state(first.runId)).toEqual({
			state: 'ERROR_RECOVERY',
			reason: 'Another heartbeat took the slot over before this run ended.',
		});
		expect(await endOf(house(), first.runId)).toMatchObject({
			state: 'ERROR_RECOVERY',
			error: { code: 'SLOT_LOST' },
		});
		expect(await runs.complete(second.runId)).toBe(true);
	});
});

conform('runs', (house) => {
	test('a run begins ANALYZING and goes its way to COMPLETED, once', async () => {
		const { runs } = house().ports;
		const { runId, ...begun } = await runs.begin({ kind: 'wake_up', owner: 'a' });
		expect(begun).toEqual({ kind: 'wake_up', state: 'ANALYZING' });
		await runs.transition(runId, 'DISPATCHING');
		await runs.transition(runId, 'MONITORING');
		expect(await runs.complete(runId)).toBe(true);
		expect(await runs.complete(runId)).toBe(false);
		expect(await endOf(house(), runId)).toMatchObject({
			kind: 'wake_up',
			state: 'COMPLETED',
			slotKey: null,
			owner: 'a',
			error: null,
		});
	});

	test('what was said along its way and at its end stays with it, without secrets', async () => {
		const { runs } = house().ports;
		const { runId } = await runs.begin({ kind: 'wake_up', owner: 'a', context: { by: 'hint' } });
		await runs.transition(runId, 'DISPATCHING', { reason: 'there is work' });
		const decisions = [{ workflowType: TYPE, due: false, reason: 'paused' }];
		await runs.complete(runId, { queue: { verdict: 'throttled', decisions }, apiKey: 'k'.repeat(20) });
		expect((await endOf(house(), runId))?.context).toEqual({
			by: 'hint',
			reason: 'there is work',
			queue: { verdict: 'throttled', decisions },
			apiKey: '***',
		});
	});

	test('what a recovery would find is counted, and gone after it', async () => {
		const { ports, pass } = house();
		await claimOne(ports);
		await ports.runs.begin({ kind: 'wake_up', owner: 'a' });
		const { now } = house();
		const at = new Date((await now()).getTime() + 60_000);
		await ports.queue.enqueue([task({ notBefore: at }), task({ expiresAt: at })]);
		const nothing = { expiredExecutions: 0, stuckRuns: 0, overdueTasks: 0, dueTasks: 0, oldDeadLetters: 0 };
		expect(await ports.runs.recoverable()).toEqual(nothing);
		await pass(400);
		expect(await ports.runs.recoverable()).toEqual({
			...nothing,
			expiredExecutions: 1,
			stuckRuns: 1,
			overdueTasks: 1,
			dueTasks: 1,
		});
		await ports.runs.recover();
		expect(await ports.runs.recoverable()).toEqual(nothing);
		expect((await ports.runs.openAnomalies()).filter(({ over }) => !over)).toEqual([]);
	});

	test('an illegal step is refused and changes nothing; the state that it has already is no step', async () => {
		const { runs } = house().ports;
		const { runId } = await runs.begin({ kind: 'manual', owner: 'a' });
		expect(await runs.transition(runId, 'MONITORING')).toBe(true);
		expect(await runs.transition(runId, 'MONITORING')).toBe(false);
		expect(await runs.state(runId)).toEqual({ state: 'MONITORING', reason: null });
		await expect(runs.transition(runId, 'DISPATCHING')).rejects.toThrow(IllegalTransitionError);
		expect(await runs.complete(runId)).toBe(true);
		await expect(runs.transition(runId, 'ANALYZING')).rejects.toThrow(IllegalTransitionError);
	});

	test('an unknown run is refused', async () => {
		const unknown = '00000000-0000-4000-8000-000000000000';
		await expect(house().ports.runs.transition(unknown, 'MONITORING')).rejects.toThrow(InvalidInputError);
		expect(await house().ports.runs.complete(unknown)).toBe(false);
		expect(await house().ports.runs.state(unknown)).toBeNull();
	});

	test('a manual run has a slot key of its own, beside a heartbeat', async () => {
		await heartbeat(house());
		const { runs } = house().ports;
		const { runId } = await runs.begin({ kind: 'manual', owner: 'b' });
		expect(await runs.complete(runId)).toBe(true);
		expect(await endOf(house(), runId)).toMatchObject({ slotKey: `manual:${runId}` });
	});

	test('of two n8n with an execution of the same id, each finds its own run', async () => {
		const { runs } = house().ports;
		const begun = { kind: 'wake_up', owner: 'a', n8nExecutionId: '5' } as const;
		const one = await runs.begin({ ...begun, n8nInstance: 'one' });
		const other = await runs.begin({ ...begun, n8nInstance: 'other' });
		expect(await runs.failByN8nExecution('5', ERROR)).toBe(false);
		expect(await runs.failByN8nExecution('5', ERROR, 'a third')).toBe(false);
		expect(await runs.failByN8nExecution('5', ERROR, 'one')).toBe(true);
		expect(await runs.complete(one.runId)).toBe(false);
		expect(await runs.complete(other.runId)).toBe(true);
	});

	test('a run of which nobody knows where it runs is found by any n8n', async () => {
		const { runs } = house().ports;
		await runs.begin({ kind: 'wake_up', owner: 'a', n8nExecutionId: '5' });
		expect(await runs.failByN8nExecution('5', ERROR, 'one')).toBe(true);
	});

	test('a failed run keeps its error, and what it dispatched goes on', async () => {
		const { ports } = house();
		const { runId } = await ports.runs.begin({ kind: 'wake_up', owner: 'a', n8nExecutionId: '5' });
		await ports.queue.enqueue([task()]);
		const [execution] = await ports.queue.claim(planFor({ runId }));
		expect(execution?.parentExecutionId).toBe(runId);
		expect(await ports.runs.failByN8nExecution('5', ERROR)).toBe(true);
		expect(await ports.runs.failByN8nExecution('5', ERROR)).toBe(false);
		expect(await ports.runs.fail(runId, ERROR)).toBe(false);
		expect(await endOf(house(), runId)).toMatchObject({ state: 'ERROR_RECOVERY', error: ERROR });
		const settled = await report(ports, execution!, [succeeded(onlyTask(execution!))]);
		expect(settled.outcome).toBe('applied');
	});
});

conform('recovery', (house) => {
	test('with nothing wrong changes nothing', async () => {
		const { ports } = house();
		await startOne(ports);
		const report = await ports.runs.recover();
		expect(report).toEqual({
			expiredExecutions: 0,
			requeuedTasks: 0,
			deadTasks: 0,
			promotedTasks: 0,
			abandonedRuns: 0,
			anomalies: { found: 0, repaired: 0, resolved: 0, open: 0 },
			purgedDeadLetters: 0,
		});
		expect(await ports.queue.list()).toMatchObject([{ state: 'running' }]);
	});

	test('lets an execution whose lease ran out fail its tasks, and frees its slot', async () => {
		const { ports, pass, setSlots } = house();
		await setSlots(1);
		await startOne(ports);
		await pass(120);
		expect(await ports.runs.recover()).toMatchObject({ expiredExecutions: 1, requeuedTasks: 1 });
		expect(await ports.runs.recover()).toMatchObject({ expiredExecutions: 0, requeuedTasks: 0 });
		expect(await ports.queue.list()).toMatchObject([
			{ state: 'scheduled', attempts: 1, error: { code: 'LEASE_EXPIRED' } },
		]);
		await claimOne(ports, { priority: 9 });
	});

	test('a dispatch that nobody acknowledged runs out after 30 seconds, likewise', async () => {
		const { ports, pass } = house();
		await claimOne(ports);
		await pass(45);
		expect(await ports.runs.recover()).toMatchObject({ expiredExecutions: 1, requeuedTasks: 1 });
	});

	test('counts a task that dies of it', async () => {
		const { ports, pass } = house();
		await startOne(ports, { overrides: { maxAttempts: 1 } });
		await pass(120);
		expect(await ports.runs.recover()).toMatchObject({
			expiredExecutions: 1,
			requeuedTasks: 0,
			deadTasks: 1,
		});
	});

	test('queues what is due, and buries what waited past its deadline', async () => {
		const { ports, now, pass } = house();
		const in5 = new Date((await now()).getTime() + 300_000);
		const [due, late] = await ports.queue.enqueue([task({ notBefore: in5 }), task({ expiresAt: in5 })]);
		await pass(360);
		expect(await ports.runs.recover()).toMatchObject({ promotedTasks: 1, deadTasks: 1 });
		expect(await ports.queue.list()).toMatchObject([
			{ taskId: due?.taskId, state: 'queued', notBefore: null },
			{ taskId: late?.taskId, state: 'dead', error: { code: 'WAITED_TOO_LONG' } },
		]);
	});

	test('the queue limit of a type is the deadline for waiting of its tasks', async () => {
		const { ports, configure, pass } = house();
		await configure(TYPE, { queueLimitSeconds: 600 });
		await ports.queue.enqueue([task()]);
		await pass(540);
		expect(await ports.runs.recover()).toMatchObject({ deadTasks: 0 });
		await pass(120);
		expect(await ports.runs.recover()).toMatchObject({ deadTasks: 1 });
	});

	test('ends a run that said nothing for five minutes', async () => {
		const { ports, pass } = house();
		const { runId } = await ports.runs.begin({ kind: 'wake_up', owner: 'a' });
		await pass(240);
		expect(await ports.runs.recover()).toMatchObject({ abandonedRuns: 0 });
		await pass(120);
		expect(await ports.runs.recover()).toMatchObject({ abandonedRuns: 1 });
		expect(await endOf(house(), runId)).toMatchObject({
			state: 'ERROR_RECOVERY',
			error: { code: 'LEASE_EXPIRED' },
		});
	});
});

conform('zombies', (house) => {
	test('a started execution that was taken away is one, until n8n says that it has ended', async () => {
		const { ports, pass } = house();
		const { executionId, epoch } = await startOne(ports);
		await pass(120);
		await ports.runs.recover();
		const n8n = { n8nInstance: null, n8nExecutionId: '77' };
		const zombie = { executionId, epoch, workflowType: TYPE, ...n8n, stopAskedAt: null };
		expect(await ports.runs.zombies()).toMatchObject([zombie]);
		expect(await ports.runs.noteZombie(executionId, false)).toBe(true);
		expect(await ports.runs.zombies()).toMatchObject([{ stopAskedAt: expect.any(Date) }]);
		expect(await ports.runs.noteZombie(executionId, true)).toBe(true);
		expect(await ports.runs.noteZombie(executionId, true)).toBe(false);
		expect(await ports.runs.zombies()).toEqual([]);
	});

	test('each n8n is told of its own and of those that run nobody knows where', async () => {
		const { ports, pass } = house();
		for (const [id, instance] of [['77', 'one'], ['77', 'other'], ['78']] as const)
			await startWork(ports, await claimOne(ports), id, instance);
		await pass(120);
		await ports.runs.recover();
		const idsFor = async (n8nInstance?: string | null) => {
			const zombies = await ports.runs.zombies({ n8nInstance });
			return zombies.map((each) => `${each.n8nExecutionId} of ${each.n8nInstance}`).sort();
		};
		expect(await idsFor('one')).toEqual(['77 of one', '78 of null']);
		expect(await idsFor('other')).toEqual(['77 of other', '78 of null']);
		expect(await idsFor('a third')).toEqual(['78 of null']);
		expect(await idsFor(null)).toEqual(['78 of null']);
		expect(await idsFor()).toEqual(['77 of one', '77 of other', '78 of null']);
		expect(await ports.runs.zombies({ n8nInstance: 'one', limit: 1 })).toHaveLength(1);
	});

	test('its late report is its end, too', async () => {
		const { ports, pass } = house();
		const execution = await startOne(ports);
		await pass(120);
		await ports.runs.recover();
		expect((await report(ports, execution, [failed(onlyTask(execution))])).outcome).toBe('stale');
		expect(await ports.runs.zombies()).toEqual([]);
	});

	test('what never started is none, nor what was taken away more than a day ago', async () => {
		const { ports, pass } = house();
		await claimOne(ports);
		await pass(45);
		await ports.runs.recover();
		expect(await ports.runs.zombies()).toEqual([]);
		await pass(90);
		await ports.executions.accept(await reclaim(ports), 'w');
		const second = await startOne(ports);
		await ports.queue.cancel({ taskIds: [onlyTask(second)] }, { actor: 'Kim', reason: 'wrong' });
		expect(await ports.runs.zombies()).toMatchObject([{ executionId: second.executionId }]);
		await pass(25 * 3600);
		expect(await ports.runs.zombies()).toEqual([]);
	});
});
