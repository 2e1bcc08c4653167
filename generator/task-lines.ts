import { MAX_INPUT_BYTES, type NewTask } from '../core';
import { faultsOf, newTask, type TaskDefaults, withDefaults } from './new-task';

/** What is wrong with one line, counted from 1 as an editor does. */
export interface LineProblem {
	line: number;
	fault: string;
}

export interface TaskLines {
	tasks: NewTask[];
	/** Of each task, where it stands. */
	lines: number[];
	problems: LineProblem[];
}

/** Reads a file with one task in JSON a line; blank lines do not count. */
export function readTaskLines(text: string, defaults: TaskDefaults): TaskLines {
	const read: TaskLines = { tasks: [], lines: [], problems: [] };
	for (const [index, content] of text
		.replace(/^\uFEFF/, '')
		.split('\n')
		.entries()) {
		if (content.trim() === '') continue;
		const line = index + 1;
		const answer = readLine(content, defaults);
		if ('fault' in answer) read.problems.push({ line, fault: answer.fault });
		else {
			read.tasks.push(answer.task);
			read.lines.push(line);
		}
	}
	return read;
}

function readLine(content: string, defaults: TaskDefaults): { task: NewTask } | { fault: string } {
	let json: unknown;
	try {
		json = JSON.parse(content);
	} catch {
		// Without the parser's words: they repeat what stands there.
		return { fault: 'it is not JSON; expected one task, for example {"input": {"topic": "Tea"}}' };
	}
	if (/\\u0000/.test(content)) return { fault: 'it has the character \\u0000, which Postgres cannot store' };
	const checked = newTask.safeParse(json);
	if (!checked.success) return { fault: faultsOf(checked.error) };
	const bytes = Buffer.byteLength(JSON.stringify(checked.data.input), 'utf8');
	if (bytes > MAX_INPUT_BYTES) {
		return { fault: `the input has ${bytes} bytes, at most ${MAX_INPUT_BYTES} are allowed` };
	}
	return { task: withDefaults(checked.data, defaults) };
}
