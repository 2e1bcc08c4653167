import {
	decideTransition,
	IllegalTransitionError,
	type JsonObject,
	type TaskOverview,
	type TaskState,
} from '../../../core';
import type { FakeTask, World } from './world';

/** Who moves a task, as the log keeps it. */
export interface Mover {
	actor: string;
	executionId?: string | null;
	context?: JsonObject;
}

/** The one way in which a task changes its state: by the table of legal changes, with a line in the log. */
export function moveTask(
	world: World,
	task: FakeTask,
	to: TaskState,
	mover: Mover,
	change: Partial<FakeTask> = {},
): void {
	const decision = decideTransition('task', task.state, to);
	if (!decision.legal)
		throw new IllegalTransitionError(`${decision.reason}.`, 'Look at the log of its transitions.');
	const executionId = change.executionId ?? task.executionId ?? mover.executionId ?? null;
	const from = task.state;
	Object.assign(task, change, { state: to });
	logTask(world, task, from, mover.actor, executionId, mover.context ?? {});
}

/** The first line of a task's log has no state before it. */
export function logTask(
	world: World,
	task: FakeTask,
	from: TaskState | null,
	actor: string,
	executionId: string | null,
	context: JsonObject,
): void {
	const seq = String(world.transitions.length + 1);
	const { id, epoch, state } = task;
	world.transitions.push({
		taskId: id,
		seq,
		at: world.now(),
		from,
		to: state,
		epoch,
		actor,
		executionId,
		context,
	});
}

/** The operator's line; a task in work counts its present attempt. */
export function overviewOf(task: FakeTask): TaskOverview {
	const { firstClaimedAt, lastClaimedAt, createdAt, finishedAt, state } = task;
	const inAttempt = state === 'claimed' || state === 'running' || state === 'succeeded';
	return {
		taskId: String(task.id),
		workflowType: task.workflowType,
		state,
		priority: task.priority,
		attempts: task.attempts + (inAttempt ? 1 : 0),
		input: task.input,
		waitMs: msBetween(createdAt, firstClaimedAt),
		durationMs: msBetween(lastClaimedAt, finishedAt),
		costUsd: task.costUsd,
		result: task.result,
		error: task.error,
		createdAt,
		finishedAt,
		fairKey: task.fairKey,
		idempotencyKey: task.idempotencyKey,
		eligibleAt: task.eligibleAt,
		notBefore: task.notBefore,
		expiresAt: task.expiresAt,
		executionId: task.executionId,
		parentTaskId: task.parentTaskId,
		parentExecutionId: task.parentExecutionId,
		coalesced: task.coalesced,
	};
}

export function msBetween(from: Date | null, to: Date | null): number | null {
	return from && to && to.getTime() - from.getTime();
}
