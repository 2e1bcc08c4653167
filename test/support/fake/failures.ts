import { jsonObject, type JsonObject, redact, type TaskError, type TaskFailure } from '../../../core';
import type { Mover } from './task-log';
import type { FakeTask, World } from './world';

/** S22: what was known of a failure, and what was decided. */
export function recordFailure(
	world: World,
	task: FakeTask,
	error: JsonObject,
	recoveryAction: TaskFailure['recoveryAction'],
	{ actor, executionId = null }: Mover,
	result: JsonObject,
): void {
	const { id, attempts, epoch, input } = task;
	world.failures.push({
		taskId: id,
		at: world.now(),
		attempt: Math.max(1, attempts),
		epoch,
		executionId,
		code: textOf(error.code, 'UNKNOWN'),
		message: textOf(error.message, 'no message'),
		error,
		input: jsonObject.parse(redact(input)),
		systemState: {},
		recoveryAction,
		decidedBy: actor,
		result,
	});
}

/** An error as it may be kept: without secrets. */
export function storable(error: TaskError): JsonObject {
	return jsonObject.parse(redact(error));
}

function textOf(value: unknown, otherwise: string): string {
	return typeof value === 'string' ? value : otherwise;
}
