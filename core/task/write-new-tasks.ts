import { InvalidInputError, PayloadTooLargeError } from '../errors';
import { bytesOf, loadBytes, MAX_BYTES_PER_CALL, MAX_TASKS_PER_CALL } from './calls';
import { MAX_CONTEXT_BYTES, MAX_INPUT_BYTES, type NewTask } from './task';

const SMALLEST_BOUND = Math.min(MAX_CONTEXT_BYTES, MAX_INPUT_BYTES);
/** UTF-8 needs at most 3 bytes for a unit of UTF-16. */
const BYTES_PER_UNIT = 3;

/**
 * New tasks as one JSON text, each written out once. Throws what can be said of them without a store, before a byte is
 * sent; the store checks again.
 */
export function writeNewTasks(tasks: readonly NewTask[]): string {
	if (tasks.length > MAX_TASKS_PER_CALL) {
		throw new InvalidInputError(
			`One call takes at most ${MAX_TASKS_PER_CALL} tasks, got ${tasks.length}.`,
			'Enqueue them in several calls.',
		);
	}
	let mostBytes = 0;
	const texts = tasks.map((task, index) => {
		const { priority, notBefore, expiresAt, idempotencyKey } = task;
		if (idempotencyKey === '')
			throw new InvalidInputError(
				`Task ${index + 1}: the idempotency key is empty.`,
				'Give one, or leave it out for a random one: then the same task sent again is another task.',
			);
		refuseNoDate(`Task ${index + 1}: notBefore`, notBefore);
		refuseNoDate(`Task ${index + 1}: expiresAt`, expiresAt);
		if (priority !== undefined && !(Number.isInteger(priority) && priority >= 1 && priority <= 10)) {
			throw new InvalidInputError(
				`Task ${index + 1}: priority must be an integer from 1 to 10, got ${priority}.`,
				'Correct this value.',
			);
		}
		const text = JSON.stringify(task);
		// No part is larger than the whole: the parts of most tasks need not be measured.
		if (text.length * BYTES_PER_UNIT > SMALLEST_BOUND) refuseLargeParts(task, index + 1);
		const before = mostBytes;
		mostBytes += text.length * BYTES_PER_UNIT;
		// Once, and before all of too much is written out.
		if (before <= MAX_BYTES_PER_CALL && mostBytes > MAX_BYTES_PER_CALL) refuseLargeCall(tasks);
		return text;
	});
	return `[${texts.join(',')}]`;
}

function refuseLargeCall(tasks: readonly NewTask[]): void {
	const total = tasks.reduce((sum, task) => sum + loadBytes(task), 0);
	if (total <= MAX_BYTES_PER_CALL) return;
	throw new PayloadTooLargeError(
		`These ${tasks.length} tasks have ${total} bytes together, at most ${MAX_BYTES_PER_CALL} are allowed in one call.`,
		'Enqueue them in several calls.',
	);
}

function refuseLargeParts({ input, context, successors }: NewTask, position: number): void {
	refuseOversize(`Task ${position}: the input has`, bytesOf(input), MAX_INPUT_BYTES);
	refuseOversize(`Task ${position}: the context has`, bytesOf(context), MAX_CONTEXT_BYTES);
	refuseOversize(`Task ${position}: the successors have`, bytesOf(successors), MAX_INPUT_BYTES);
}

/** Sent as null, it would be no date at all. */
function refuseNoDate(what: string, date: Date | undefined): void {
	if (date !== undefined && Number.isNaN(date.getTime()))
		throw new InvalidInputError(`${what} is not a date.`, 'Correct this value.');
}

function refuseOversize(what: string, bytes: number, most: number): void {
	if (bytes <= most) return;
	throw new PayloadTooLargeError(
		`${what} ${bytes} bytes, at most ${most} are allowed.`,
		'Store the data elsewhere and enqueue a reference to it.',
	);
}
