import { Command } from 'commander';
import { TASK_STATES, type TaskFilter, type TaskOverview, type TaskState } from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { repeatedOf } from '../option-list';
import { wholeNumber } from '../option-number';
import { executionId, taskNumber } from '../option-task';
import { printJson, printLine } from '../print';
import { renderTaskTable } from '../render-table';

/** As many as one call of the queue lists. */
const MOST = 10_000;

interface TasksOptions extends DatabaseOptions {
	json?: true;
	state?: TaskState[];
	type?: string;
	key?: string;
	parentTask?: string;
	parentExecution?: string;
	after?: string;
	limit: number;
}

export function tasksCommand(): Command {
	return new Command('tasks')
		.description('List the tasks: state, attempts, wait, duration, cost and result.')
		.option('--state <state>', 'only tasks in this state; may be repeated', repeatedOf(TASK_STATES))
		.option('--type <workflow type>', 'only tasks of this type')
		.option('--key <fair key>', 'only tasks of this fair key')
		.option('--parent-task <task>', 'only tasks that follow this one', taskNumber)
		.option('--parent-execution <id>', 'only tasks that this execution enqueued', executionId)
		.option('--limit <n>', `rows, at most ${MOST}`, wholeNumber(1, MOST), 1000)
		.option('--after <task>', 'only tasks with a higher number: where the page before ended', taskNumber)
		.option('--json', 'the same as JSON, with every field and nothing cut off')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Lowest number first. Wait is the time from enqueue to the first claim; duration from the last claim to the end.
“queue peek” shows the order in which waiting tasks are taken.
Examples:
  $ master-orchestrator tasks
  $ master-orchestrator tasks --state queued --state running --type content_pipeline
  $ master-orchestrator tasks --json | jq '.[] | select(.state == "dead")'`,
		)
		.action(tasks);
}

async function tasks({ json, limit, ...options }: TasksOptions): Promise<void> {
	const filter = { ...filterOf(options), limit };
	const overview = await withOrchestrator(options, async ({ queue }) => await queue.list(filter));
	const last = overview.at(-1);
	const more = last !== undefined && overview.length === limit ? last.taskId : undefined;
	if (json) printJson(overview);
	else printLine(render(overview, Object.keys(filter).length > 1));
	// On stderr: the list itself is a document, or goes into a pipe.
	if (more !== undefined) process.stderr.write(`There may be more: add --after ${more}\n`);
}

function render(overview: TaskOverview[], filtered: boolean): string {
	if (overview.length === 0 && filtered) return 'No task matches.';
	return renderTaskTable(overview, process.stdout.columns);
}

function filterOf({
	state,
	type,
	key,
	parentTask,
	parentExecution,
	after,
}: Partial<TasksOptions>): TaskFilter {
	return {
		...(state && { states: state }),
		...(type && { workflowType: type }),
		...(key && { fairKey: key }),
		...(parentTask && { parentTaskId: parentTask }),
		...(parentExecution && { parentExecutionId: parentExecution }),
		...(after && { afterTaskId: after }),
	};
}
