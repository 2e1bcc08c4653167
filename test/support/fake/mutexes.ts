import type {
	MutexAcquired,
	MutexAnswer,
	MutexPort,
	MutexRef,
	MutexReport,
	MutexRequest,
} from '../../../core';
import {
	evict,
	type FakeHold,
	type FakeLock,
	holderOf,
	newHold,
	newLock,
	noteIncident,
	ownHold,
} from './mutex-lock';
import { endWait, turnAway, waitersAhead } from './mutex-waiting';
import type { World } from './world';

/** Named locks in memory. */
export class FakeMutexes implements MutexPort {
	constructor(private readonly world: World) {}

	async acquire(request: MutexRequest): Promise<MutexAnswer> {
		return this.take(request, 1);
	}

	async ensure(request: MutexRequest): Promise<MutexAnswer> {
		return this.take(request, 0);
	}

	async renew(lock: string, ref: MutexRef, leaseMs: number): Promise<Date | null> {
		return this.extend(lock, ref, { status: 'held', leaseUntil: this.in(leaseMs) });
	}

	async park(lock: string, ref: MutexRef, until: Date): Promise<Date | null> {
		const hold = ownHold(this.lock(lock), ref, this.now());
		const leaseUntil = hold && hold.leaseUntil > until ? hold.leaseUntil : until;
		return this.extend(lock, ref, { status: 'parked', leaseUntil });
	}

	async drain(name: string, ref: MutexRef, graceMs: number): Promise<Date | null> {
		const lock = this.lock(name);
		const hold = ownHold(lock, ref, this.now());
		if (!hold) return null;
		if (hold.status === 'draining') return hold.leaseUntil;
		noteIncident(lock, 'drained', hold, this.now());
		Object.assign(hold, { status: 'draining', leaseUntil: this.in(graceMs) });
		return hold.leaseUntil;
	}

	async release(name: string, ref: MutexRef, options: { all?: boolean } = {}): Promise<number | null> {
		const lock = this.lock(name);
		const hold = this.working(lock, ref);
		if (!hold) return null;
		hold.count = options.all ? 0 : hold.count - 1;
		if (hold.count === 0) lock.holds = lock.holds.filter((each) => each !== hold);
		return hold.count;
	}

	async forceRelease(name: string, fencingToken: number | null = null): Promise<number> {
		const lock = this.world.locks.get(name);
		if (!lock) return 0;
		evict(lock, this.now());
		const gone = lock.holds.filter((hold) => fencingToken === null || hold.fencingToken === fencingToken);
		for (const hold of gone) noteIncident(lock, 'forced', hold, this.now());
		lock.holds = lock.holds.filter((hold) => !gone.includes(hold));
		return new Set(gone.map((hold) => hold.fencingToken)).size;
	}

	async stopWaiting(name: string, ref: MutexRef): Promise<number | null> {
		return endWait(this.lock(name), ref, 'gaveUp', this.now());
	}

	async inspect(name: string | null = null): Promise<MutexReport[]> {
		const now = this.now();
		const all = [...this.world.locks.values()].filter((lock) =>
			name === null ? lock.holds.length > 0 || lock.waiters.length > 0 : lock.name === name,
		);
		return all.sort((a, b) => (a.name < b.name ? -1 : 1)).map((lock) => reportOf(lock, now));
	}

	async clean(limit = 100): Promise<number> {
		return cleanLocks(this.world, limit);
	}

	/** `count`: what one more acquire adds to a hold that this execution has. */
	private take(request: MutexRequest, count: 0 | 1): MutexAnswer {
		const now = this.now();
		const lock = this.lock(request.lock);
		evict(lock, now);
		const own = ownHold(lock, { ...request, session: null }, now);
		if (own?.status === 'draining') return turnAway(lock, request, 'draining', now);
		if (own) return this.reenter(own, request, count);
		const joined = callersToken(lock, request);
		const tokens = new Set(lock.holds.map((hold) => hold.fencingToken)).size;
		const free = Math.min(request.permits, ...lock.holds.map((hold) => hold.permits)) - tokens;
		if (joined === null && free <= 0) {
			const draining = lock.holds.every((hold) => hold.status === 'draining');
			return turnAway(lock, request, draining ? 'draining' : 'held', now);
		}
		if (joined === null && free <= waitersAhead(lock, request, now))
			return turnAway(lock, request, 'waiters_first', now);
		const hold = newHold(request, joined ?? this.world.fencingTokens.next(), now);
		lock.holds.push(hold);
		lock.lastToken = hold.fencingToken;
		lock.acquisitions += 1;
		lock.permits = hold.permits;
		const waitedMs = endWait(lock, request, 'waited', now) ?? 0;
		return acquired(joined === null ? 'new' : 'caller', hold, waitedMs);
	}

	/** The node run that asked renews from now on; only the long lease of a parked execution is ever shortened. */
	private reenter(own: FakeHold, request: MutexRequest, count: 0 | 1): MutexAcquired {
		const fresh = this.in(request.leaseMs);
		const leaseUntil = own.status === 'held' && own.leaseUntil > fresh ? own.leaseUntil : fresh;
		const { session } = request;
		const permits = Math.min(own.permits, request.permits);
		const renewedAt = this.now();
		Object.assign(own, { session, count: own.count + count, status: 'held', leaseUntil, renewedAt, permits });
		return acquired('own', own, 0);
	}

	private extend(name: string, ref: MutexRef, change: Pick<FakeHold, 'status' | 'leaseUntil'>): Date | null {
		const hold = this.working(this.lock(name), ref);
		if (!hold) return null;
		Object.assign(hold, change, { renewedAt: this.now() });
		return hold.leaseUntil;
	}

	private working(lock: FakeLock, ref: MutexRef): FakeHold | undefined {
		const hold = ownHold(lock, ref, this.now());
		return hold?.status === 'draining' ? undefined : hold;
	}

	private lock(name: string): FakeLock {
		const lock = this.world.locks.get(name) ?? newLock(name);
		this.world.locks.set(name, lock);
		return lock;
	}

	private now(): Date {
		return this.world.now();
	}

	private in(ms: number): Date {
		return new Date(this.now().getTime() + ms);
	}
}

/** Takes out what ran out of locks that nobody asks for any more. */
export function cleanLocks(world: World, limit: number): number {
	const now = world.now();
	const stale = [...world.locks.values()].filter((lock) => lock.holds.some((hold) => hold.leaseUntil <= now));
	return stale.slice(0, limit).reduce((gone, lock) => gone + evict(lock, now), 0);
}

/** The oldest hold of an execution that called this one; null = none, or it drains. */
function callersToken(lock: FakeLock, { instance, callers }: MutexRequest): number | null {
	const tokens = lock.holds
		.filter((hold) => hold.instance === instance && callers.includes(hold.executionId))
		.filter((hold) => hold.status !== 'draining')
		.map((hold) => hold.fencingToken);
	return tokens.length > 0 ? Math.min(...tokens) : null;
}

function acquired(how: MutexAcquired['how'], hold: FakeHold, waitedMs: number): MutexAcquired {
	const { fencingToken, acquiredAt, leaseUntil, count } = hold;
	return { outcome: 'acquired', how, fencingToken, acquiredAt, leaseUntil, count, waitedMs };
}

function reportOf(lock: FakeLock, now: Date): MutexReport {
	const { name, permits, acquisitions, lastToken, contention, incidents } = lock;
	return {
		...{ lock: name, permits, acquisitions, lastToken },
		holders: lock.holds.filter((hold) => hold.leaseUntil > now).map(holderOf),
		overdue: lock.holds.filter((hold) => hold.leaseUntil <= now).map(holderOf),
		waiters: lock.waiters
			.filter((each) => each.seenUntil > now)
			.map(({ era: _era, seenUntil: _seenUntil, blockedBy: _blockedBy, ...waiter }) => waiter),
		contention: contention.slice(0, 50),
		incidents: incidents.slice(0, 20),
	};
}
