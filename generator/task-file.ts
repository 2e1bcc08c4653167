import { inParts, type NewTask, type Orchestrator, shareOfCall } from '../core';
import { BadRowsError } from './failure';
import type { TaskDefaults } from './new-task';
import { progressOf } from './progress';
import { type LineProblem, readTaskLines, type TaskLines } from './task-lines';

/** Bad lines that are named; more of them have the same fault, as a rule. */
const NAMED = 50;

/**
 * The tasks of a file, when every line is one that the queue takes. All chunks are checked before the first goes in: else a
 * fault in the last would leave half a file in the queue.
 */
export async function checkedTasks(
	{ queue }: Orchestrator,
	text: string,
	file: string,
	defaults: TaskDefaults,
): Promise<NewTask[]> {
	const read = readTaskLines(text, defaults);
	const problems = [...read.problems, ...(await faultsOf(queue, read))].sort((a, b) => a.line - b.line);
	if (problems.length > 0) throw badLines(file, problems);
	return read.tasks;
}

/** What only the database knows: the types, the syntax of a successor's paths, whether a deadline has passed. */
async function faultsOf(queue: Orchestrator['queue'], { tasks, lines }: TaskLines): Promise<LineProblem[]> {
	const problems: LineProblem[] = [];
	const tell = progressOf(tasks.length, 'tasks checked');
	let before = 0;
	for (const chunk of inParts(tasks, shareOfCall)) {
		for (const { position, fault } of await queue.faults(chunk)) {
			problems.push({ line: lines[before + position - 1] ?? 0, fault });
		}
		before += chunk.length;
		tell(before);
	}
	return problems;
}

function badLines(file: string, problems: readonly LineProblem[]): BadRowsError {
	const named = problems.slice(0, NAMED).map(({ line, fault }) => `  line ${line}: ${fault}`);
	const more = problems.length > NAMED ? [`  and ${problems.length - NAMED} more`] : [];
	const name = file === '-' ? 'standard input' : file;
	return new BadRowsError(
		`${problems.length} lines of ${name} are no tasks:\n${[...named, ...more].join('\n')}`,
		'Correct these lines and run the command again; nothing was enqueued.',
	);
}
