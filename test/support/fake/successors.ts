import type { JsonObject, NewTask, Successor } from '../../../core';
import { after } from './clock';
import { enqueue } from './enqueue';
import { recordFailure } from './failures';
import { isTrue, valueAt } from './successor-path';
import type { FakeTask, World } from './world';

/** S22: each successor that this end calls for, once: its key is made of the parent and its place. */
export function enqueueSuccessors(world: World, task: FakeTask, executionId: string | null): void {
	for (const [index, next] of task.successors.entries()) {
		const when = next.when ?? 'succeeded';
		if (when !== 'ended' && when !== task.state) continue;
		try {
			const made = successorTask(world, task, executionId, next, index + 1);
			if (made) enqueue(world, [made]);
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			const message = `Successor ${index + 1} (${next.workflowType}) was not enqueued: ${why}`;
			recordFailure(
				world,
				task,
				{ code: 'SUCCESSOR_NOT_ENQUEUED', message },
				'none',
				{ actor: 'settle', executionId },
				{ successor: index + 1 },
			);
		}
	}
}

/** Null: its condition is not true. */
function successorTask(
	world: World,
	task: FakeTask,
	executionId: string | null,
	next: Successor,
	place: number,
): NewTask | null {
	const facts = factsOf(task);
	if (next.condition !== undefined && !isTrue(facts, next.condition)) return null;
	const mapped: JsonObject = {};
	for (const [field, path] of Object.entries(next.map ?? {})) {
		const value = valueAt(facts, path);
		if (value !== undefined) mapped[field] = value;
	}
	return {
		workflowType: next.workflowType,
		priority: next.priority ?? task.priority,
		idempotencyKey: `successor:${task.id}/${place}`,
		input: { ...next.input, ...mapped },
		parentTaskId: String(task.id),
		...(executionId !== null && { parentExecutionId: executionId }),
		...(next.delaySeconds !== undefined && { notBefore: after(world.now(), next.delaySeconds) }),
		...(next.successors && { successors: next.successors }),
	};
}

function factsOf(task: FakeTask): JsonObject {
	const { id, workflowType, fairKey, idempotencyKey, state, priority, attempts, context } = task;
	const about = { id: String(id), workflowType, fairKey, idempotencyKey, state, priority, attempts, context };
	return { task: about, input: task.input, result: task.result, error: task.error };
}
