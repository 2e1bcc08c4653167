import { LockBusyError } from '../errors';
import type { MutexBusy, MutexHolder, MutexReport } from './mutex';

/** Who is in the way, in one sentence. */
export function describeBusy(lock: string, busy: MutexBusy): string {
	const [first] = busy.holders;
	const holder = first === undefined ? 'others that wait longer' : describeHolder(first);
	switch (busy.reason) {
		case 'held':
			return `The lock “${lock}” is held by ${holder}.`;
		case 'draining':
			return `The lock “${lock}” is draining: ${holder} was stopped, and its last node may still work.`;
		case 'waiters_first':
			return `The lock “${lock}” goes first to those who wait for it already.`;
		case 'another_waits':
			return `Another execution of this workflow waits for the lock “${lock}” already; it is held by ${holder}.`;
		default:
			return busy.reason satisfies never;
	}
}

/** What Inspect says of one lock, in one sentence; undefined = nobody ever asked for it. */
export function describeLock(lock: string, report: MutexReport | undefined): string {
	const [first] = report?.holders ?? [];
	if (first === undefined) return `The lock “${lock}” is free.`;
	const until = first.leaseUntil.toISOString();
	const holder = describeHolder(first);
	switch (first.status) {
		case 'held':
			return `The lock “${lock}” is held by ${holder}; it is renewed while that lives, and would open at ${until}.`;
		case 'parked':
			return `The lock “${lock}” is kept for ${holder}, which waits; it would open at ${until}.`;
		case 'draining':
			return `The lock “${lock}” is draining: ${holder} was stopped. It opens at ${until}.`;
		default:
			return first.status satisfies never;
	}
}

/** The failure that `fail`, and a wait that came to its end, show. `waitedMs` 0 = it did not wait. */
export function lockBusyError(lock: string, busy: MutexBusy, waitedMs: number): LockBusyError {
	const waited = waitedMs > 0 ? ` It was waited for ${(waitedMs / 1000).toFixed(1)} s.` : '';
	const opens =
		busy.reason === 'draining' && busy.retryAt ? ` It opens at ${busy.retryAt.toISOString()}.` : '';
	return new LockBusyError(
		`${describeBusy(lock, busy)}${waited}${opens}`,
		'Run it again later, let it wait longer, or look at the lock with Workflow Mutex (Inspect); a stuck lock opens with Release and “Force”.',
		busy.reason,
		busy.retryAt,
	);
}

function describeHolder({ workflowName, workflowId, executionId, nodeName }: MutexHolder): string {
	return `execution ${executionId} of “${workflowName || workflowId}” (node “${nodeName}”)`;
}
