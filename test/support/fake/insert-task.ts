import { type NewTask, redact } from '../../../core';
import { after } from './clock';
import { logTask } from './task-log';
import type { FakeTask, World } from './world';

/** A task that is due now is queued, a later one scheduled. */
export function insertTask(world: World, task: NewTask, idempotencyKey: string, dueAt: Date): FakeTask {
	const { workflowType, input } = task;
	const type = world.type(workflowType);
	const fairKey = fairKeyOf(task);
	const waits = dueAt > world.now();
	const limit = type.queueLimitSeconds;
	const made: FakeTask = {
		id: world.nextTaskId(),
		workflowType,
		fairKey,
		idempotencyKey,
		state: waits ? 'scheduled' : 'queued',
		priority: task.priority ?? 5,
		input: structuredClone(input),
		context: task.context ?? {},
		overrides: task.overrides ?? {},
		successors: task.successors ?? [],
		attempts: 0,
		deliveryFailures: 0,
		epoch: 0,
		notBefore: waits ? dueAt : null,
		eligibleAt: dueAt,
		expiresAt: task.expiresAt ?? (limit === null ? null : after(dueAt, limit)),
		createdAt: world.now(),
		firstClaimedAt: null,
		lastClaimedAt: null,
		finishedAt: null,
		executionId: null,
		parentTaskId: task.parentTaskId ?? null,
		parentExecutionId: task.parentExecutionId ?? null,
		result: null,
		error: null,
		costUsd: 0,
		debounce: null,
		coalesced: 0,
		archived: false,
	};
	world.tasks.set(made.id, made);
	if (!world.keys.has(fairKey))
		world.keys.set(fairKey, { fairKey, workflowType, weight: type.weight, pause: null });
	logTask(world, made, null, 'enqueue', null, redact(made.context));
	return made;
}

/** S6: `workflow_type[:content_type]`. */
function fairKeyOf({ workflowType, input }: NewTask): string {
	const content = input.content_type;
	const label = typeof content === 'string' ? content.slice(0, 100) : '';
	return label === '' ? workflowType : `${workflowType}:${label}`;
}
