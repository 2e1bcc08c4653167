import { InvalidInputError, PayloadTooLargeError } from '../errors';
import { bytesOf, loadBytes, MAX_BYTES_PER_CALL, MAX_TASKS_PER_CALL } from './calls';
import { MAX_CONTEXT_BYTES, MAX_INPUT_BYTES, type NewTask } from './task';

/** What can be said of new tasks without a store, before a byte is sent; the store checks again. */
export function checkNewTasks(tasks: readonly NewTask[]): void {
	if (tasks.length > MAX_TASKS_PER_CALL) {
		throw new InvalidInputError(
			`One call takes at most ${MAX_TASKS_PER_CALL} tasks, got ${tasks.length}.`,
			'Enqueue them in several calls.',
		);
	}
	let total = 0;
	for (const [index, task] of tasks.entries()) {
		total += loadBytes(task);
		refuseOversize(`Task ${index + 1}: the input has`, bytesOf(task.input), MAX_INPUT_BYTES);
		refuseOversize(`Task ${index + 1}: the context has`, bytesOf(task.context), MAX_CONTEXT_BYTES);
		refuseOversize(`Task ${index + 1}: the successors have`, bytesOf(task.successors), MAX_INPUT_BYTES);
		const { priority, notBefore, expiresAt, idempotencyKey } = task;
		if (idempotencyKey === '')
			throw new InvalidInputError(
				`Task ${index + 1}: the idempotency key is empty.`,
				'Give one, or leave it out for a random one: then the same task sent again is another task.',
			);
		for (const [field, date] of Object.entries({ notBefore, expiresAt })) {
			// Sent as null, it would be no date at all.
			if (date !== undefined && Number.isNaN(date.getTime()))
				throw new InvalidInputError(`Task ${index + 1}: ${field} is not a date.`, 'Correct this value.');
		}
		if (priority !== undefined && !(Number.isInteger(priority) && priority >= 1 && priority <= 10)) {
			throw new InvalidInputError(
				`Task ${index + 1}: priority must be an integer from 1 to 10, got ${priority}.`,
				'Correct this value.',
			);
		}
	}
	if (total > MAX_BYTES_PER_CALL) {
		throw new PayloadTooLargeError(
			`These ${tasks.length} tasks have ${total} bytes together, at most ${MAX_BYTES_PER_CALL} are allowed in one call.`,
			'Enqueue them in several calls.',
		);
	}
}

function refuseOversize(what: string, bytes: number, most: number): void {
	if (bytes <= most) return;
	throw new PayloadTooLargeError(
		`${what} ${bytes} bytes, at most ${most} are allowed.`,
		'Store the data elsewhere and enqueue a reference to it.',
	);
}
