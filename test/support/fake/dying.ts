import type { DeadLetter, JsonObject } from '../../../core';
import { after } from './clock';
import { recordFailure } from './failures';
import { enqueueSuccessors } from './successors';
import { type Mover, moveTask } from './task-log';
import type { FakeTask, World } from './world';

/** The end of a task without a result: a failure with its reason, a dead letter, and the successors that wait for it. */
export function bury(world: World, task: FakeTask, error: JsonObject, reason: string, mover: Mover): void {
	const diedAt = world.now();
	moveTask(world, task, 'dead', mover, {
		notBefore: null,
		debounce: null,
		error,
		finishedAt: diedAt,
	});
	recordFailure(world, task, error, 'dead_letter', mover, { reason });
	const failures = world.failures.filter((each) => each.taskId === task.id);
	const { code = 'UNKNOWN', message = '' } = failures.at(-1) ?? {};
	const earlier = world.deadLetters.get(task.id);
	const letter: DeadLetter = {
		taskId: String(task.id),
		workflowType: task.workflowType,
		fairKey: task.fairKey,
		status: 'open',
		cause: causeOf(code, message),
		code,
		message,
		reason,
		failures: failures.length,
		diedAt,
		expiresAt: after(diedAt, world.type(task.workflowType).deadLetterDays * 86_400),
		redrives: earlier?.redrives ?? 0,
		redrivenAt: earlier?.redrivenAt ?? null,
		redrivenBy: earlier?.redrivenBy ?? null,
		discardedAt: null,
		discardedBy: null,
	};
	world.deadLetters.set(task.id, letter);
	enqueueSuccessors(world, task, mover.executionId ?? null);
}

/** The same for errors that differ only in addresses, ids, times and numbers. */
function causeOf(code: string, message: string): string {
	const plain = message
		.slice(0, 2000)
		.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi, '<url>')
		.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<id>')
		.replace(/\b(?=\w*\d)(?=\w*[a-z])[\w-]{12,}/gi, '<id>')
		.replace(/\d+([.,:]\d+)*/g, '<n>')
		.replace(/\s+/g, ' ')
		.trim();
	return `${code}: ${plain.slice(0, 200)}`;
}
