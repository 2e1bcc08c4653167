import { setTimeout as pause } from 'node:timers/promises';
import { timedCallback } from './claimed-task';
import type { LockStage } from './lock-stage';
import { until } from './verdict';
import { workflowOf } from './witnessed-workflow';

/** What was answered, and how soon, while one execution held the lock and a clock waited for it. */
export interface Answers {
	/** From the call to the end of the work of an execution that runs in the worker. */
	executionsMs: number[];
	/** From the signed callback to the answer of the Callback Receiver. */
	callbacksMs: number[];
	callbackStatuses: Set<number>;
}

const HOLDER = 'Holder';
const CLOCK = 'Clock';
const CALLED = 'Called';
const LONG_LOCK = 'long';
const BETWEEN_CALLS_MS = 1000;

/**
 * A holder that works that long and a one-minute cron that waits for the same lock. Once it works, others may use the
 * host while calls are made and their answers timed, until the holder ends.
 */
export async function startLongHolder(
	locks: LockStage,
	workMs: number,
): Promise<{ answers: Promise<Answers> }> {
	await locks.publish({ name: HOLDER, workMs }, LONG_LOCK);
	await locks.publish({ name: CALLED, workMs: 20 });
	// Publishing takes a moment: the first call is no answer time.
	await timedExecution(locks);
	await locks.fire(HOLDER);
	await until('the holder works', async () => locks.begins(HOLDER) === 1, 60_000, 20);
	// Not before: a minute could begin just then, and the clock would be the first to have the lock.
	const clock = workflowOf({ name: CLOCK, workMs: 20, trigger: 'every minute' }, locks.witness.url);
	await locks.publishAny(clock, { lock: LONG_LOCK, onBusy: { schedule: 'wait' } });
	const answers = answersUntilItEnds(locks);
	answers.catch(() => undefined);
	return { answers };
}

async function answersUntilItEnds(locks: LockStage): Promise<Answers> {
	const answers: Answers = { executionsMs: [], callbacksMs: [], callbackStatuses: new Set() };
	while (ends(locks, HOLDER) === 0) {
		answers.executionsMs.push(await timedExecution(locks));
		const { status, ms } = await timedCallback(locks.stage, 'while others wait');
		answers.callbacksMs.push(ms);
		answers.callbackStatuses.add(status);
		await pause(BETWEEN_CALLS_MS);
	}
	return answers;
}

async function timedExecution(locks: LockStage): Promise<number> {
	const before = ends(locks, CALLED);
	const startedAt = performance.now();
	await locks.fire(CALLED);
	await until('the called one has worked', async () => ends(locks, CALLED) > before, 60_000, 10);
	return performance.now() - startedAt;
}

/** The clock came in only behind the holder, and it did come in. */
export async function expectTheClockToWaitItsTurn(locks: LockStage): Promise<void> {
	await until('the clock works', async () => ends(locks, CLOCK) > 0, 90_000);
	expect(locks.overlaps(HOLDER, CLOCK)).toBe(0);
	expect(
		locks
			.seen(HOLDER, CLOCK)
			.map(({ workflow }) => workflow)
			.slice(0, 3),
	).toEqual([HOLDER, HOLDER, CLOCK]);
	const [report] = await locks.stage.orchestrator.mutexes.inspect(LONG_LOCK);
	const clock = report?.contention.find(({ workflowName }) => workflowName === CLOCK);
	console.log(`the clock beside the holder: ${JSON.stringify(clock)}`);
	expect(clock?.blockedByName).toBe(HOLDER);
	expect((clock?.waited ?? 0) + (clock?.gaveUp ?? 0)).toBeGreaterThan(0);
}

const ends = (locks: LockStage, name: string) =>
	locks.seen(name).filter(({ event }) => event === 'end').length;
