import type { NewTask } from './task';

/** One call of enqueue stays one short transaction … */
export const MAX_TASKS_PER_CALL = 10_000;
/** … and a text that Node and Postgres hold easily: all inputs of a call together, as JSON. */
export const MAX_BYTES_PER_CALL = 32 * 1024 * 1024;

/** Size of an input as it is sent. */
export const inputBytes = (input: NewTask['input']): number =>
	Buffer.byteLength(JSON.stringify(input) ?? '', 'utf8');

/** How much of one call of enqueue a task takes up; 1 = all of it. */
export const shareOfCall = ({ input }: Pick<NewTask, 'input'>): number =>
	Math.max(1 / MAX_TASKS_PER_CALL, inputBytes(input) / MAX_BYTES_PER_CALL);

/** The same things in the same order, cut into parts whose shares make at most 1; what is more than 1 stands alone. */
export function inParts<T>(all: readonly T[], shareOf: (each: T) => number): T[][] {
	const roundingError = 1e-9;
	const parts: T[][] = [];
	let part: T[] = [];
	let taken = 0;
	for (const each of all) {
		const share = shareOf(each);
		if (part.length > 0 && taken + share > 1 + roundingError) {
			parts.push(part);
			part = [];
			taken = 0;
		}
		part.push(each);
		taken += share;
	}
	return part.length > 0 ? [...parts, part] : parts;
}
