import type { MutexHolder, MutexRef, MutexReport, MutexRequest } from '../../../core';

/** Rises by one with every hold, whatever its lock. */
export class TokenCounter {
	private last = 0;

	next(): number {
		return ++this.last;
	}
}

export interface FakeHold extends MutexHolder {
	era: string;
	session: string;
	permits: number;
}

export interface FakeWaiter {
	instance: string;
	workflowId: string;
	workflowName: string;
	executionId: string;
	era: string;
	nodeName: string;
	since: Date;
	/** Without another look until then it does not count any more. */
	seenUntil: Date;
	blockedBy: { id: string; name: string };
}

/** One named lock with everybody who holds it or waits for it. */
export interface FakeLock {
	name: string;
	permits: number;
	acquisitions: number;
	lastToken: number;
	holds: FakeHold[];
	waiters: FakeWaiter[];
	/** The latest first. */
	contention: MutexReport['contention'];
	/** The latest first. */
	incidents: MutexReport['incidents'];
}

export function newLock(name: string): FakeLock {
	return {
		name,
		permits: 1,
		acquisitions: 0,
		lastToken: 0,
		holds: [],
		waiters: [],
		contention: [],
		incidents: [],
	};
}

export function newHold(request: MutexRequest, fencingToken: number, now: Date): FakeHold {
	const { instance, executionId, era, session, workflowId, workflowName, nodeName, callers, permits } =
		request;
	return {
		...{ instance, executionId, era, session, workflowId, workflowName, nodeName, permits, fencingToken },
		parentExecutionId: callers[0] ?? null,
		count: 1,
		status: 'held',
		acquiredAt: now,
		renewedAt: now,
		leaseUntil: new Date(now.getTime() + request.leaseMs),
	};
}

/** Takes out what ran out, and writes it down. */
export function evict(lock: FakeLock, now: Date): number {
	const over = lock.holds.filter((hold) => hold.leaseUntil <= now);
	for (const hold of over) noteIncident(lock, hold.status === 'draining' ? 'opened' : 'expired', hold, now);
	lock.holds = lock.holds.filter((hold) => hold.leaseUntil > now);
	return over.length;
}

export function noteIncident(
	lock: FakeLock,
	kind: MutexReport['incidents'][number]['kind'],
	hold: FakeHold,
	at: Date,
): void {
	lock.incidents.unshift({ kind, at, fencingToken: hold.fencingToken, holder: holderOf(hold) });
}

/** This execution's hold; with a session, only if that node run renews it. Undefined: it ran out or never was. */
export function ownHold(lock: FakeLock, ref: MutexRef, now: Date): FakeHold | undefined {
	return lock.holds.find(
		(hold) =>
			hold.instance === ref.instance &&
			hold.executionId === ref.executionId &&
			hold.era === ref.era &&
			(ref.session === null || hold.session === ref.session) &&
			hold.leaseUntil > now,
	);
}

export function holderOf({
	era: _era,
	session: _session,
	permits: _permits,
	...holder
}: FakeHold): MutexHolder {
	return { ...holder };
}
