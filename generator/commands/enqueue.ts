import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import type { EnqueuedTask, NewTask, Orchestrator } from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { BadRowsError, InvalidInputError } from '../failure';
import { describeProblem, readTopics, type RowProblem } from '../topics';

/** As many as one call of the queue takes. */
const BATCH = 1000;

interface EnqueueOptions extends DatabaseOptions {
	type: string;
}

export function enqueueCommand(): Command {
	return new Command('enqueue')
		.description('Put the rows of a CSV file into the queue; rows that are there already stay as they are.')
		.argument('<file.csv>', 'columns: topic, language, category, priority (1-10), target_keyword')
		.option('--type <workflow type>', 'workflow type of the tasks', 'content_pipeline')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Bad rows are named with row and column on stderr; the good rows still go in (exit 1).
Examples:
  $ master-orchestrator enqueue samples/topics.csv
  $ master-orchestrator enqueue topics.csv --type content_pipeline`,
		)
		.action(enqueue);
}

async function enqueue(file: string, { type, ...database }: EnqueueOptions): Promise<void> {
	const { tasks, problems } = readTopics(await readText(file), type);
	const enqueued =
		tasks.length === 0 ? [] : await withOrchestrator(database, (door) => enqueueAll(door, tasks));
	const created = enqueued.filter((task) => task.created).length;
	const known = enqueued.length - created;
	process.stdout.write(
		`${created} tasks of ${type} enqueued${known > 0 ? `, ${known} were there already` : ''}.\n`,
	);
	if (problems.length > 0) throw badRows(file, problems, tasks.length);
}

async function enqueueAll({ queue }: Orchestrator, tasks: NewTask[]): Promise<EnqueuedTask[]> {
	const answers: EnqueuedTask[] = [];
	for (let first = 0; first < tasks.length; first += BATCH) {
		answers.push(...(await queue.enqueue(tasks.slice(first, first + BATCH))));
	}
	return answers;
}

function badRows(file: string, problems: RowProblem[], good: number): BadRowsError {
	const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
	const rows = new Set(problems.map(({ row }) => row)).size;
	return new BadRowsError(
		`${rows} of ${rows + good} rows of ${file} were not taken:\n${lines.join('\n')}`,
		'Correct these rows and run the command again; rows that went in are not enqueued twice.',
	);
}

async function readText(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (cause) {
		throw new InvalidInputError(`Cannot read ${file}.`, 'Give the path of a CSV file that exists.', {
			cause,
		});
	}
}
