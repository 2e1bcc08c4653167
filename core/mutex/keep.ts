/** A parked execution may wait for years (n8n's “until it is called” is the year 3000): its lock does not. */
export const LONGEST_PARK_MS = 30 * 86_400_000;

/** What is to be done for a lock that an execution holds. */
export type KeepStep =
	| { do: 'nothing' }
	| { do: 'renew' }
	/** The execution parks: it works no more until it wakes. */
	| { do: 'release' }
	| { do: 'park'; until: Date };

/** Decided about once a second. `wakesAt` is null while the execution runs. */
export function nextKeepStep(state: {
	now: Date;
	renewedAt: Date;
	leaseMs: number;
	graceMs: number;
	wakesAt: Date | null;
	holdWhileWaiting: boolean;
}): KeepStep {
	const { now, renewedAt, leaseMs, graceMs, wakesAt, holdWhileWaiting } = state;
	if (wakesAt !== null) {
		if (!holdWhileWaiting) return { do: 'release' };
		const latest = now.getTime() + LONGEST_PARK_MS;
		return { do: 'park', until: new Date(Math.min(wakesAt.getTime() + graceMs, latest)) };
	}
	return now.getTime() - renewedAt.getTime() >= leaseMs / 3 ? { do: 'renew' } : { do: 'nothing' };
}

/**
 * How an execution gives its lock back. Stop and timeout end the execution while its current node still works: the lock
 * then drains. Unknown counts as stopped.
 */
export function endOfHold(stopped: boolean | undefined): 'release' | 'drain' {
	return stopped === false ? 'release' : 'drain';
}
