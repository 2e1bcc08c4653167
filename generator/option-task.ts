import { InvalidArgumentError } from 'commander';
import { EXECUTION_ID, TASK_ID } from '../core';

/** Parser of a task's number, as the lists show it. */
export function taskNumber(text: string): string {
	if (TASK_ID.test(text)) return text;
	throw new InvalidArgumentError(`Expected the number of a task, got “${text}”.`);
}

/** Parser of an execution's id, as “tasks --json” and the history show it. */
export function executionId(text: string): string {
	if (EXECUTION_ID.test(text)) return text;
	throw new InvalidArgumentError(`Expected the id of an execution, a UUID, got “${text}”.`);
}
