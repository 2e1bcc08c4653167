import { randomUUID } from 'node:crypto';
import { writeNewTasks, type EnqueuedTask, type NewTask } from '../../../core';
import { latest } from './clock';
import { foldInto, isDebounced } from './debounce';
import { answerOf, insertTask } from './insert-task';
import { refuseBadTasks } from './new-task-fault';
import type { World } from './world';

/** All or nothing; answers in the order of the input. */
export function enqueue(world: World, tasks: readonly NewTask[]): EnqueuedTask[] {
	writeNewTasks(tasks);
	refuseBadTasks(world, tasks);
	return tasks.map((task) => (isDebounced(task) ? foldInto(world, task) : enqueueOne(world, task)));
}

function enqueueOne(world: World, task: NewTask): EnqueuedTask {
	const given = task.idempotencyKey ?? null;
	const place = `${task.workflowType}\n${given}`;
	const earlier = given === null ? undefined : world.idempotencyKeys.get(place);
	if (given !== null && earlier !== undefined)
		return {
			taskId: String(earlier),
			idempotencyKey: given,
			created: false,
			existingState: world.tasks.get(earlier)?.state ?? null,
		};
	const dueAt = latest(world.now(), task.notBefore);
	const made = insertTask(world, task, given ?? randomUUID(), dueAt);
	if (given !== null) world.idempotencyKeys.set(place, made.id);
	return answerOf(made, true);
}
