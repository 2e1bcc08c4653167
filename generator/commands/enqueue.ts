import { Command } from 'commander';
import { type EnqueuedTask, inParts, type NewTask, type Orchestrator, shareOfCall } from '../../core';
import { countBy } from '../count-by';
import { databaseOption, withOrchestrator } from '../database';
import {
	addTaskOptions,
	debounceOf,
	defaultsOf,
	type EnqueueOptions,
	jsonOf,
	sourceOf,
	textOf,
} from '../enqueue-options';
import { BadRowsError, InvalidInputError } from '../failure';
import { faultsOf, newTask, type TaskDefaults, withDefaults } from '../new-task';
import { printJson, printLine } from '../print';
import { progressOf } from '../progress';
import { checkedTasks } from '../task-file';
import { describeProblem, readTopics, type RowProblem } from '../topics';

export function enqueueCommand(): Command {
	const command = new Command('enqueue')
		.description('Put tasks into the queue: rows of a CSV file, lines of a JSONL file, or one from --input.')
		.argument('[file.csv]', 'columns: topic, language, category, priority (1-10), target_keyword')
		.option('--file <file.jsonl>', 'one task in JSON a line; - is standard input')
		.option('--input <json>', 'one task with this input');
	return addTaskOptions(command)
		.option('--json', 'number and key of each task as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
A task with a key that is there already stays as it is. Of a CSV file bad rows are named and the good ones still go in
(exit 1). Of a JSONL file every bad line is named and nothing goes in. Its lines are {"input": {…}, "workflowType": "…",
"priority": 8, "idempotencyKey": "…", "notBefore": "2026-11-01T08:00:00Z", …}; options say what a line leaves out.
Examples:
  $ master-orchestrator enqueue samples/topics.csv
  $ master-orchestrator enqueue --input '{"topic": "Tea"}' --priority 8 --not-before 2026-12-01T08:00:00Z
  $ master-orchestrator enqueue --file tasks.jsonl --type content_pipeline --max-attempts 2`,
		)
		.action(enqueue);
}

async function enqueue(csv: string | undefined, options: EnqueueOptions): Promise<void> {
	const source = sourceOf(csv, options);
	const defaults = await defaultsOf(options);
	if (source === 'csv') return await enqueueRows(csv ?? '', defaults, options);
	const text = source === 'lines' ? await textOf(options.file ?? '') : '';
	const enqueued = await withOrchestrator(options, async (door) => {
		if (source === 'one') return await enqueueAll(door, [oneTask(defaults, options)]);
		return await enqueueAll(door, await checkedTasks(door, text, options.file ?? '', defaults));
	});
	report(enqueued, 'tasks', options);
}

async function enqueueRows(csv: string, defaults: TaskDefaults, options: EnqueueOptions): Promise<void> {
	const { tasks, problems } = readTopics(await textOf(csv), options.type);
	const complete = tasks.map((task) => ({ ...defaults, ...task }));
	const enqueued =
		tasks.length === 0 ? [] : await withOrchestrator(options, (door) => enqueueAll(door, complete));
	report(enqueued, `tasks of ${options.type}`, options);
	if (problems.length > 0) throw badRows(csv, problems, tasks.length);
}

function oneTask(defaults: TaskDefaults, options: EnqueueOptions): NewTask {
	const { input = '', idempotencyKey } = options;
	const debounce = debounceOf(options);
	const checked = newTask.safeParse({ input: jsonOf(input, '--input') });
	if (!checked.success) {
		throw new InvalidInputError(
			`--input cannot be a task's input: ${faultsOf(checked.error)}.`,
			'Give a JSON object, for example \'{"topic": "Tea"}\'.',
		);
	}
	const task = withDefaults(checked.data, defaults);
	return {
		...task,
		...(idempotencyKey !== undefined && { idempotencyKey }),
		...(debounce && { debounce }),
	};
}

async function enqueueAll({ queue }: Orchestrator, tasks: NewTask[]): Promise<EnqueuedTask[]> {
	const answers: EnqueuedTask[] = [];
	const tell = progressOf(tasks.length, 'tasks enqueued');
	try {
		for (const chunk of inParts(tasks, shareOfCall)) {
			for (const answer of await queue.enqueue(chunk)) answers.push(answer);
			tell(answers.length);
		}
		return answers;
	} catch (error) {
		if (answers.length > 0)
			process.stderr.write(`The first ${answers.length} of ${tasks.length} tasks are in the queue.\n`);
		throw error;
	}
}

function report(enqueued: readonly EnqueuedTask[], what: string, { json, input }: EnqueueOptions): void {
	if (json) return printJson(enqueued);
	const [only] = enqueued;
	if (input !== undefined && only) {
		return printLine(
			`Task ${only.taskId} ${only.created ? 'is enqueued' : `was there already${statesOf([only])}, and stands for this one`}.`,
		);
	}
	const known = enqueued.filter((task) => !task.created);
	const more = known.length > 0 ? `, ${known.length} were there already${statesOf(known)}` : '';
	printLine(`${enqueued.length - known.length} ${what} enqueued${more}.`);
}

/** “ (2 succeeded, 1 dead)”: a dead or cancelled task stands for the new one for ever, and does not run. */
function statesOf(known: readonly EnqueuedTask[]): string {
	const states = known.map(({ existingState }) => existingState ?? 'no longer kept');
	return ` (${new Set(states).size === 1 ? states[0] : countBy(states)})`;
}

function badRows(file: string, problems: RowProblem[], good: number): BadRowsError {
	const lines = problems.map((problem) => `  ${describeProblem(problem)}`);
	const rows = new Set(problems.map(({ row }) => row)).size;
	return new BadRowsError(
		`${rows} of ${rows + good} rows of ${file} were not taken:\n${lines.join('\n')}`,
		'Correct these rows and run the command again; rows that went in are not enqueued twice.',
	);
}
