import { InvalidArgumentError } from 'commander';
import { taskNumber } from './option-task';

/** Parser of an option that may be repeated: `--key a --key b`. A list behind one option would swallow arguments after it. */
export function repeated(text: string, before: string[] | undefined): string[] {
	return [...(before ?? []), text];
}

/** The same for one of a few values. */
export function repeatedOf<T extends string>(
	allowed: readonly T[],
): (text: string, before: T[] | undefined) => T[] {
	return (text, before) => {
		const value = allowed.find((each) => each === text);
		if (value !== undefined) return [...(before ?? []), value];
		throw new InvalidArgumentError(`Expected one of ${allowed.join(', ')}, got “${text}”.`);
	};
}

/** An argument that takes several task numbers. */
export function taskNumbers(text: string, before: string[] | undefined): string[] {
	return [...(before ?? []), taskNumber(text)];
}
