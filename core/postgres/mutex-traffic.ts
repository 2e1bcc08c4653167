import { z } from 'zod/v4';
import { type MutexAnswer, type MutexRef, type MutexRequest, WAITER_MS } from '../mutex';
import { Coalescer } from './coalescer';
import type { Gateway } from './gateway';
import { mutexAnswer } from './mutex-rows';
import { isOfOne, sharedBy } from './shared-traffic';

export interface AcquireCall extends MutexRequest {
	/** `ensure` does not count a hold that this execution has already. */
	mode: 'acquire' | 'ensure';
}

export interface ReleaseCall extends MutexRef {
	lock: string;
	/** True: everything that this execution acquired; false: one acquire. */
	all: boolean;
}

/** `left` = acquires that remain; null = this execution did not hold the lock. */
export interface Released {
	left: number | null;
}

/** The two calls that every execution makes; those of one process share round trips and transactions. */
export interface MutexTraffic {
	acquires: Coalescer<AcquireCall, MutexAnswer>;
	releases: Coalescer<ReleaseCall, Released>;
}

export const trafficOf = sharedBy((gateway: Gateway): MutexTraffic => ({
	acquires: acquiresThrough(gateway),
	releases: releasesThrough(gateway),
}));

const manyAnswers = z.array(mutexAnswer.nullable());

function acquiresThrough(gateway: Gateway): Coalescer<AcquireCall, MutexAnswer> {
	const sent = (call: AcquireCall) => ({
		...call,
		leaseMs: Math.round(call.leaseMs),
		waiterMs: WAITER_MS,
	});
	return new Coalescer({
		together: (calls) =>
			gateway.answer(manyAnswers, 'select orchestrator.mutex_acquire_all($1) as answer', [
				JSON.stringify(calls.map(sent)),
			]),
		alone: (call) =>
			gateway.answer(mutexAnswer, 'select orchestrator.mutex_acquire($1) as answer', [
				JSON.stringify(sent(call)),
			]),
		isOfOne,
	});
}

const left = z.int().nullable();
const manyReleased = z.array(z.object({ left }).nullable());

/** Not flushed at once: a release that a crash of the server undoes is a lock that its lease opens, as after SIGKILL. */
function releasesThrough(gateway: Gateway): Coalescer<ReleaseCall, Released> {
	return new Coalescer({
		together: (calls) =>
			gateway.answer(manyReleased, 'select orchestrator.mutex_release_all($1) as answer', [
				JSON.stringify(calls),
			]),
		alone: async ({ lock, all, ...ref }) => {
			const sql = 'select orchestrator.mutex_release($1, $2, $3, true) as answer';
			return { left: await gateway.answer(left, sql, [lock, JSON.stringify(ref), all]) };
		},
		isOfOne,
	});
}
