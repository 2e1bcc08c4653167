import type { MutexReport } from '../../core';
import { humanDuration } from '../render-table';
import { plain } from '../plain-text';
import { type CheckResult, failed, noticed } from './check';

/** Lost or overdue locks mean that two executions may have worked at once; a draining one opens by itself. */
export function checkLocks(locks: readonly MutexReport[], now: Date, withinHours: number): CheckResult {
	const since = now.getTime() - withinHours * 3_600_000;
	const bad = locks.flatMap(({ lock, overdue, incidents }) => [
		...overdue.map(
			({ workflowName, executionId, leaseUntil }) =>
				`“${plain(lock)}” was held past its lease (until ${leaseUntil.toISOString()}) by execution ${plain(executionId)} of “${plain(workflowName)}”: its process died or stalled`,
		),
		...incidents
			.filter(({ kind, at }) => kind === 'expired' && at.getTime() >= since)
			.map(
				({ at, holder }) =>
					`“${plain(lock)}” was lost at ${at.toISOString()} by execution ${plain(holder.executionId)} of “${plain(holder.workflowName)}”: look whether it went on working`,
			),
	]);
	if (bad.length > 0) return failed(bad);
	return noticed(
		locks.flatMap(({ lock, holders }) =>
			holders
				.filter(({ status }) => status === 'draining')
				.map(
					({ workflowName, leaseUntil }) =>
						`“${plain(lock)}” drains after a Stop of “${plain(workflowName)}” and opens at ${leaseUntil.toISOString()}`,
				),
		),
	);
}

/** Figures, never a fault: who waited for whom. */
export function tellContention(locks: readonly MutexReport[]): CheckResult {
	return noticed(
		locks.flatMap(({ lock, acquisitions, contention }) => [
			`“${plain(lock)}”: taken ${acquisitions} times${contention.length === 0 ? ', nobody had to wait' : ''}`,
			...contention.map(
				({ workflowName, blockedByName, waited, waitedMsMax, skipped, gaveUp, failed: refused }) =>
					`“${plain(lock)}”: “${plain(workflowName)}” behind “${plain(blockedByName)}”: waited ${waited} times (longest ${humanDuration(waitedMsMax)}), skipped ${skipped}, gave up ${gaveUp}, failed ${refused}`,
			),
		]),
	);
}
