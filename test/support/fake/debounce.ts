import { randomUUID } from 'node:crypto';
import type { Debounce, EnqueuedTask, NewTask } from '../../../core';
import { after, latest } from './clock';
import { answerOf, carriedBy, deadlineOf, insertTask, knowKey } from './insert-task';
import type { World } from './world';

/** How many times `seconds` a stream of sends can put the start off, unless the send says otherwise. */
const LONGEST = 10;

export function isDebounced(task: NewTask): task is NewTask & { debounce: Debounce } {
	return task.debounce !== undefined;
}

/** The task that still gathers sends of this key takes this one in; else it becomes such a task. */
export function foldInto(world: World, task: NewTask & { debounce: Debounce }): EnqueuedTask {
	const { key, seconds, maxSeconds = seconds * LONGEST, keep = 'last' } = task.debounce;
	const quietAt = after(world.now(), seconds);
	const gathering = world
		.live(world.tasks)
		.find(({ workflowType, debounce }) => workflowType === task.workflowType && debounce?.key === key);
	if (!gathering?.debounce) {
		const made = insertTask(world, task, randomUUID(), quietAt);
		made.debounce = { key, until: after(world.now(), maxSeconds) };
		return answerOf(made, true);
	}
	const dueAt = new Date(
		Math.min(latest(gathering.notBefore, quietAt).getTime(), gathering.debounce.until.getTime()),
	);
	gathering.notBefore = dueAt;
	gathering.eligibleAt = dueAt;
	gathering.priority = Math.max(gathering.priority, task.priority ?? 5);
	gathering.coalesced += 1;
	knowKey(world, task);
	if (keep === 'last') Object.assign(gathering, carriedBy(task));
	const deadline = deadlineOf(world, task, quietAt);
	gathering.expiresAt = gathering.expiresAt && deadline && latest(gathering.expiresAt, deadline);
	return answerOf(gathering, false);
}
