import { type EnqueuedTask, type NewTask, redact } from '../../../core';
import { after } from './clock';
import { logTask } from './task-log';
import type { FakeTask, World } from './world';

/** A task that is due now is queued, a later one scheduled. */
export function insertTask(world: World, task: NewTask, idempotencyKey: string, dueAt: Date): FakeTask {
	const { workflowType } = task;
	const waits = dueAt > world.now();
	const made: FakeTask = {
		id: world.nextTaskId(),
		workflowType,
		idempotencyKey,
		state: waits ? 'scheduled' : 'queued',
		priority: task.priority ?? 5,
		...carriedBy(task),
		attempts: 0,
		deliveryFailures: 0,
		epoch: 0,
		notBefore: waits ? dueAt : null,
		eligibleAt: dueAt,
		expiresAt: deadlineOf(world, task, dueAt),
		createdAt: world.now(),
		firstClaimedAt: null,
		lastClaimedAt: null,
		finishedAt: null,
		executionId: null,
		result: null,
		error: null,
		costUsd: 0,
		debounce: null,
		coalesced: 0,
		archived: false,
	};
	world.tasks.set(made.id, made);
	knowKey(world, task);
	logTask(world, made, null, 'enqueue', null, redact(made.context));
	return made;
}

/** What a send is told of the task that it made, or of the one that took it in. */
export function answerOf(task: FakeTask, created: boolean): EnqueuedTask {
	return {
		taskId: String(task.id),
		idempotencyKey: task.idempotencyKey,
		created,
		existingState: created ? null : task.state,
	};
}

/** What the work and its history get of a send. */
export function carriedBy(
	task: NewTask,
): Pick<
	FakeTask,
	'fairKey' | 'input' | 'context' | 'overrides' | 'successors' | 'parentTaskId' | 'parentExecutionId'
> {
	return {
		fairKey: fairKeyOf(task),
		input: structuredClone(task.input),
		context: task.context ?? {},
		overrides: task.overrides ?? {},
		successors: task.successors ?? [],
		parentTaskId: task.parentTaskId ?? null,
		parentExecutionId: task.parentExecutionId ?? null,
	};
}

/** Of waiting; null = none. */
export function deadlineOf(world: World, task: NewTask, dueAt: Date): Date | null {
	const limit = world.type(task.workflowType).queueLimitSeconds;
	return task.expiresAt ?? (limit === null ? null : after(dueAt, limit));
}

/** A key is known from its first task on. */
export function knowKey(world: World, task: NewTask): void {
	const { workflowType } = task;
	const fairKey = fairKeyOf(task);
	const { weight } = world.type(workflowType);
	if (!world.keys.has(fairKey)) world.keys.set(fairKey, { fairKey, workflowType, weight, pause: null });
}

/** S6: `workflow_type[:content_type]`. */
function fairKeyOf({ workflowType, input }: NewTask): string {
	const content = input.content_type;
	const label = typeof content === 'string' ? content.slice(0, 100) : '';
	return label === '' ? workflowType : `${workflowType}:${label}`;
}
