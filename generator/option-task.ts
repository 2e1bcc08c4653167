import { InvalidArgumentError } from 'commander';

/** Parser of a task's number, as the lists show it. */
export function taskNumber(text: string): string {
	if (/^\d{1,18}$/.test(text)) return text;
	throw new InvalidArgumentError(`Expected the number of a task, got “${text}”.`);
}
