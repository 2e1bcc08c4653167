import { type MutexBusy, type MutexOwner, type MutexRequest, WAITER_MS } from '../../../core';
import { type FakeLock, type FakeWaiter, holderOf } from './mutex-lock';

type Outcome = 'waited' | 'gaveUp' | 'skipped' | 'failed';

/** The answer to somebody who does not get the lock: a waiter takes or keeps the one place of its workflow. */
export function turnAway(
	lock: FakeLock,
	request: MutexRequest,
	because: MutexBusy['reason'],
	now: Date,
): MutexBusy {
	const blockedBy = inTheWay(lock, now);
	const waits = request.onBusy === 'wait';
	const placed = waits && takePlace(lock, request, blockedBy, now);
	const outcome: Outcome | null = placed ? null : request.onBusy === 'fail' ? 'failed' : 'skipped';
	if (outcome) contend(lock, request, blockedBy, outcome, 0, now);
	const ends = lock.holds.map((hold) => hold.leaseUntil.getTime());
	return {
		outcome: 'busy',
		reason: waits && !placed ? 'another_waits' : because,
		holders: [...lock.holds].sort((a, b) => a.fencingToken - b.fencingToken).map(holderOf),
		retryAt: ends.length > 0 ? new Date(Math.min(...ends)) : null,
	};
}

/** How many asked before this one and still ask. */
export function waitersAhead(lock: FakeLock, request: MutexRequest, now: Date): number {
	const since = lock.waiters.find((each) => isWaiter(each, request))?.since;
	return lock.waiters.filter(
		(each) => each.seenUntil > now && !isWaiter(each, request) && (!since || each.since < since),
	).length;
}

/** Ends this execution's wait; answers how long it was, null = it did not wait. */
export function endWait(
	lock: FakeLock,
	owner: MutexOwner,
	outcome: 'waited' | 'gaveUp',
	now: Date,
): number | null {
	const waiter = lock.waiters.find((each) => isWaiter(each, owner));
	if (!waiter) return null;
	lock.waiters = lock.waiters.filter((each) => each !== waiter);
	const waitedMs = now.getTime() - waiter.since.getTime();
	contend(lock, waiter, waiter.blockedBy, outcome, waitedMs, now);
	return waitedMs;
}

function isWaiter(waiter: FakeWaiter, { instance, executionId, era }: MutexOwner): boolean {
	return waiter.instance === instance && waiter.executionId === executionId && waiter.era === era;
}

/** False: another execution of the workflow has its one place. */
function takePlace(
	lock: FakeLock,
	request: MutexRequest,
	blockedBy: FakeWaiter['blockedBy'],
	now: Date,
): boolean {
	const { instance, workflowId, workflowName, executionId, era, nodeName } = request;
	const seenUntil = new Date(now.getTime() + WAITER_MS);
	const sameWorkflow = (each: FakeWaiter) => each.instance === instance && each.workflowId === workflowId;
	const earlier = lock.waiters.find(sameWorkflow);
	const own = earlier !== undefined && isWaiter(earlier, request);
	if (earlier && !own && earlier.seenUntil > now) return false;
	const since = own ? earlier.since : now;
	const place = { instance, workflowId, workflowName, executionId, era, nodeName, since, seenUntil };
	const others = lock.waiters.filter((each) => !sameWorkflow(each));
	lock.waiters = [...others, { ...place, blockedBy: earlier?.blockedBy ?? blockedBy }];
	return true;
}

/** The oldest holder, else the oldest waiter. */
function inTheWay(lock: FakeLock, now: Date): FakeWaiter['blockedBy'] {
	const [holder] = [...lock.holds].sort((a, b) => a.fencingToken - b.fencingToken);
	const [waiter] = lock.waiters
		.filter((each) => each.seenUntil > now)
		.sort((a, b) => a.since.getTime() - b.since.getTime());
	const first = holder ?? waiter;
	return { id: first?.workflowId ?? '', name: first?.workflowName ?? '' };
}

function contend(
	lock: FakeLock,
	{ workflowId, workflowName }: { workflowId: string; workflowName: string },
	blockedBy: FakeWaiter['blockedBy'],
	outcome: Outcome,
	waitedMs: number,
	lastAt: Date,
): void {
	const found = lock.contention.find(
		(each) => each.workflowId === workflowId && each.blockedById === blockedBy.id,
	);
	const counts = { waited: 0, gaveUp: 0, skipped: 0, failed: 0, waitedMsTotal: 0, waitedMsMax: 0, ...found };
	counts[outcome] += 1;
	lock.contention = [
		{
			...counts,
			...{ workflowId, workflowName, blockedById: blockedBy.id, blockedByName: blockedBy.name, lastAt },
			waitedMsTotal: counts.waitedMsTotal + waitedMs,
			waitedMsMax: Math.max(counts.waitedMsMax, waitedMs),
		},
		...lock.contention.filter((each) => each !== found),
	];
}
