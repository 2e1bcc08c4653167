import type { RecoveryReport } from '../../../core';
import { archiveTrees } from './archive';
import { promoteDue } from './claim';
import { bury } from './dying';
import { finishExecution } from './ending';
import { failUnsettled } from './failing';
import { storable } from './failures';
import { cleanLocks } from './mutexes';
import type { FakeRun, World } from './world';

/** Days after which a pass moves what has ended into the archive. */
const ARCHIVE_AFTER_DAYS = 30;

/** Whatever ran out: executions, runs, waits, letters; then what is due is queued. */
export function recover(world: World, limit: number, endRun: (run: FakeRun) => boolean): RecoveryReport {
	const now = world.now();
	const over = ({ leaseUntil }: { leaseUntil: Date | null }) => leaseUntil !== null && leaseUntil <= now;
	const expired = world.active().filter(over).slice(0, limit);
	const ends = expired.map((execution) => {
		const { executionId, state, n8nExecutionId } = execution;
		const message = `The lease of execution ${executionId} ran out while ${state} (n8n execution ${n8nExecutionId ?? 'unknown'}).`;
		const error = { code: 'LEASE_EXPIRED', message };
		const end = failUnsettled(world, execution, error, { actor: 'recover' });
		finishExecution(world, execution, 'expired', storable(error));
		return end;
	});
	const abandonedRuns = [...world.runs.values()].filter(over).slice(0, limit).filter(endRun).length;
	cleanLocks(world, limit);
	const buried = buryWaiting(world, limit);
	const purgedDeadLetters = purgeLetters(world);
	const promotedTasks = promoteDue(world);
	archiveTrees(world, 200, ARCHIVE_AFTER_DAYS);
	return {
		expiredExecutions: ends.length,
		requeuedTasks: ends.reduce((sum, end) => sum + end.requeued, 0),
		deadTasks: ends.reduce((sum, end) => sum + end.dead, 0) + buried,
		promotedTasks,
		abandonedRuns,
		anomalies: { found: 0, repaired: 0, resolved: 0, open: 0 },
		purgedDeadLetters,
	};
}

/** A deadline for waiting, apart from that for running. */
function buryWaiting(world: World, limit: number): number {
	const late = world
		.live(world.tasks)
		.filter(
			({ state, expiresAt }) =>
				(state === 'scheduled' || state === 'queued') && expiresAt && expiresAt <= world.now(),
		)
		.slice(0, limit);
	for (const task of late) {
		const message = `The task was still ${task.state} at its deadline for waiting, ${task.expiresAt?.toISOString()}.`;
		const error = { code: 'WAITED_TOO_LONG', message };
		bury(world, task, error, 'its deadline for waiting passed', { actor: 'recover' });
	}
	return late.length;
}

function purgeLetters(world: World): number {
	const gone = [...world.deadLetters].filter(([, letter]) => letter.expiresAt <= world.now());
	for (const [taskId] of gone) world.deadLetters.delete(taskId);
	return gone.length;
}
