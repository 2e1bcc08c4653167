import { InvalidArgumentError } from 'commander';
import { TASK_ID } from '../core';

/** Parser of a task's number, as the lists show it. */
export function taskNumber(text: string): string {
	if (TASK_ID.test(text)) return text;
	throw new InvalidArgumentError(`Expected the number of a task, got “${text}”.`);
}
