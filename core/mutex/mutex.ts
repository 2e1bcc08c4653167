/** What an acquire does when the lock is taken. */
export const ON_BUSY = ['skip', 'wait', 'fail'] as const;
export type OnBusy = (typeof ON_BUSY)[number];

/** One n8n execution, as the lock knows it. */
export interface MutexOwner {
	/** n8n's instance id; all processes of one n8n share it. */
	instance: string;
	executionId: string;
	/** Tells executions of two instances with one encryption key apart; empty = unknown. */
	era: string;
}

/** A hold of one execution. `session` is the node run that renews it; null = whichever does. */
export interface MutexRef extends MutexOwner {
	session: string | null;
}

export interface MutexRequest extends MutexOwner {
	/** As `parseLockName` gives it. */
	lock: string;
	session: string;
	workflowId: string;
	workflowName: string;
	nodeName: string;
	/** Executions that called this one, nearest first: a lock that one of them holds is joined, not waited for. */
	callers: string[];
	/** Holders at a time; among nodes that disagree the lowest counts. */
	permits: number;
	leaseMs: number;
	onBusy: OnBusy;
}

export type MutexStatus = 'held' | 'parked' | 'draining';

export interface MutexHolder {
	instance: string;
	executionId: string;
	workflowId: string;
	workflowName: string;
	nodeName: string;
	/** The caller under whose lock it runs; null = it is its own. */
	parentExecutionId: string | null;
	fencingToken: number;
	/** Acquires not yet released. */
	count: number;
	status: MutexStatus;
	acquiredAt: Date;
	renewedAt: Date;
	/** For draining: when it opens by itself. */
	leaseUntil: Date;
}

/** Why the lock is not to be had now. `another_waits`: this workflow has its one waiter already. */
export type BusyReason = 'held' | 'draining' | 'waiters_first' | 'another_waits';

export interface MutexAcquired {
	outcome: 'acquired';
	/** New hold, this execution's own again, or joined to its caller's. */
	how: 'new' | 'own' | 'caller';
	/** Strictly increasing per lock: a guarded write that carries it can refuse an older holder. */
	fencingToken: number;
	acquiredAt: Date;
	leaseUntil: Date;
	count: number;
	waitedMs: number;
}

export interface MutexBusy {
	outcome: 'busy';
	reason: BusyReason;
	/** Empty when only waiters stand before it. */
	holders: MutexHolder[];
	/** End of the first lease; a holder that lives renews it. Null = nobody holds. */
	retryAt: Date | null;
}

export type MutexAnswer = MutexAcquired | MutexBusy;

export interface MutexReport {
	lock: string;
	permits: number;
	acquisitions: number;
	/** Last fencing token given; 0 = none yet. */
	lastToken: number;
	holders: MutexHolder[];
	/** Their lease is over and nobody cleared them away yet: a process that died or stalled. They hold nothing. */
	overdue: MutexHolder[];
	waiters: Array<{
		instance: string;
		workflowId: string;
		workflowName: string;
		executionId: string;
		nodeName: string;
		since: Date;
	}>;
	/** Who had to wait for whom. Latest first, at most 50. */
	contention: Array<{
		workflowId: string;
		workflowName: string;
		blockedById: string;
		blockedByName: string;
		waited: number;
		gaveUp: number;
		skipped: number;
		failed: number;
		waitedMsTotal: number;
		waitedMsMax: number;
		lastAt: Date;
	}>;
	/** Holds that did not end by a release. Latest first, at most 20. */
	incidents: Array<{
		kind: 'expired' | 'drained' | 'opened' | 'forced';
		at: Date;
		fencingToken: number;
		holder: MutexHolder;
	}>;
}
