import type { QueueMode } from '../resources/snapshot';

/** From this many queued tasks on every plan and the system's health carry a warning (issue “Queue”: depth warning at 500). */
export const QUEUE_DEPTH_WARNING = 500;
/** With more queued tasks than this the queue is in batch mode (requirement 4.3). */
export const BATCH_MODE_ABOVE = 1000;

/**
 * The mode of a pass. It begins above 1,000 queued tasks and ends below the warning's 500, so that a queue around one
 * number does not change its batches with every pass. `before` is what the last completed run was in, from the database.
 */
export function nextQueueMode(queued: number, before: QueueMode): QueueMode {
	if (queued > BATCH_MODE_ABOVE) return 'batch';
	return before === 'batch' && queued >= QUEUE_DEPTH_WARNING ? 'batch' : 'normal';
}

/** What an operator should know before it hurts; it stops nothing. */
export interface PlanWarning {
	code: 'queue_depth';
	message: string;
}

/** Warnings about the queue as a whole; empty is the normal case. */
export function queueWarnings({ queued, mode }: { queued: number; mode: QueueMode }): PlanWarning[] {
	if (queued < QUEUE_DEPTH_WARNING) return [];
	const inBatches =
		nextQueueMode(queued, mode) === 'batch'
			? `Batch mode is on until fewer than ${QUEUE_DEPTH_WARNING} wait.`
			: `Batch mode begins above ${BATCH_MODE_ABOVE}.`;
	const message =
		`${queued} tasks are queued, expected fewer than ${QUEUE_DEPTH_WARNING}. ${inBatches} ` +
		'Look whether a type is paused or fails, or allow more executions at once.';
	return [{ code: 'queue_depth', message }];
}
