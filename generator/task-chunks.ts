import { MAX_TASKS_PER_CALL, type NewTask } from '../core';

/** Text of one call: a short transaction, and a string that Node and Postgres hold easily. */
const CHUNK_BYTES = 16 * 1024 * 1024;

/** The tasks in their order, cut into calls by number and by size. */
export function chunksOf(tasks: readonly NewTask[]): NewTask[][] {
	const chunks: NewTask[][] = [];
	let chunk: NewTask[] = [];
	let bytes = 0;
	for (const task of tasks) {
		const size = JSON.stringify(task).length;
		if (chunk.length === MAX_TASKS_PER_CALL || (chunk.length > 0 && bytes + size > CHUNK_BYTES)) {
			chunks.push(chunk);
			chunk = [];
			bytes = 0;
		}
		chunk.push(task);
		bytes += size;
	}
	if (chunk.length > 0) chunks.push(chunk);
	return chunks;
}
