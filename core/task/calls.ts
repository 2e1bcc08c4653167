import type { NewTask } from './task';

/** One call of enqueue stays one short transaction … */
export const MAX_TASKS_PER_CALL = 10_000;
/** … and a text that Node and Postgres hold easily: all that the tasks of a call carry together, as JSON. */
export const MAX_BYTES_PER_CALL = 32 * 1024 * 1024;

/** Size of a part of a task as it is sent. */
export const bytesOf = (json: NewTask['input'] | NewTask['context'] | NewTask['successors']): number =>
	Buffer.byteLength(JSON.stringify(json) ?? '', 'utf8');

/** What a task carries without a bound on its number of fields. */
export type Load = Pick<NewTask, 'input' | 'context' | 'successors'>;

export const loadBytes = ({ input, context, successors }: Load): number =>
	bytesOf(input) + bytesOf(context) + bytesOf(successors);

/** How much of one call of enqueue a task takes up; 1 = all of it. */
export const shareOfCall = (load: Load): number =>
	Math.max(1 / MAX_TASKS_PER_CALL, loadBytes(load) / MAX_BYTES_PER_CALL);

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
