import { backoffSeconds, type RetryAdvice, type TaskError } from '../../../core';
import { after, latest } from './clock';
import { bury } from './dying';
import { recordFailure, storable } from './failures';
import { retryEligibleAt, retryPolicy } from './retry';
import { type Mover, moveTask } from './task-log';
import type { FakeExecution, FakeTask, World } from './world';

/** No jitter: the middle of the range. */
const MIDDLE = 0.5;

/** S4: the attempt failed; the task backs off, or dies at its last attempt or when no retry is recommended. */
export function failTask(
	world: World,
	task: FakeTask,
	error: TaskError,
	mover: Mover,
	advice?: RetryAdvice,
): 'scheduled' | 'dead' {
	const executionId = task.executionId;
	const by = { ...mover, executionId };
	const stored = storable(error);
	moveTask(world, task, 'failed', by, {
		executionId: null,
		attempts: task.attempts + 1,
		deliveryFailures: 0,
		error: stored,
	});
	const { maxAttempts, failure } = retryPolicy(world, task);
	const last = task.attempts >= maxAttempts;
	if (last || advice?.recommended === false) {
		const reason = last
			? `${task.attempts} of ${maxAttempts} attempts failed`
			: 'the report advised against another attempt';
		bury(world, task, stored, reason, by);
		return 'dead';
	}
	const dueAt = latest(
		advice?.not_before ? new Date(advice.not_before) : null,
		after(world.now(), backoffSeconds(failure, task.attempts, MIDDLE)),
	);
	moveTask(world, task, 'scheduled', by, { notBefore: dueAt, eligibleAt: retryEligibleAt(dueAt, task) });
	recordFailure(world, task, stored, 'retry', by, { not_before: dueAt.toISOString() });
	return 'scheduled';
}

/** S3: a definite refusal frees the task for the next delivery of its series; an exhausted series is one failure. */
export function redeliver(
	world: World,
	task: FakeTask,
	error: TaskError,
	mover: Mover,
	retryAt: Date | null,
): void {
	const { delivery, deliveryRetries } = retryPolicy(world, task);
	if (task.deliveryFailures >= deliveryRetries) {
		const advice = retryAt ? { recommended: true, not_before: retryAt.toISOString() } : undefined;
		failTask(world, task, error, mover, advice);
		return;
	}
	const by = { ...mover, executionId: task.executionId };
	const wait = backoffSeconds(delivery, task.deliveryFailures + 1, MIDDLE);
	const dueAt = latest(retryAt, after(world.now(), wait));
	const stored = storable(error);
	moveTask(world, task, 'scheduled', by, {
		executionId: null,
		deliveryFailures: task.deliveryFailures + 1,
		notBefore: dueAt,
		eligibleAt: retryEligibleAt(dueAt, task),
		error: stored,
	});
	recordFailure(world, task, stored, 'redeliver', by, { not_before: dueAt.toISOString() });
}

/** Fails every task that the execution still holds; answers how many wait for a retry and how many are dead. */
export function failUnsettled(
	world: World,
	execution: FakeExecution,
	error: TaskError,
	mover: Mover,
): { requeued: number; dead: number } {
	const ends = heldTasks(world, execution).map((task) => failTask(world, task, error, mover));
	const dead = ends.filter((end) => end === 'dead').length;
	return { requeued: ends.length - dead, dead };
}

export function heldTasks(world: World, { taskIds, executionId }: FakeExecution): FakeTask[] {
	return taskIds.map((id) => world.task(id)).filter((task) => task.executionId === executionId);
}
