import { Command } from 'commander';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { renderTaskTable } from '../render-table';

interface TasksOptions extends DatabaseOptions {
	json?: true;
	type?: string;
}

export function tasksCommand(): Command {
	return new Command('tasks')
		.description('Show the tasks: state, attempts, wait, duration, cost and result.')
		.option('--json', 'the same as JSON, with nothing cut off')
		.option('--type <workflow type>', 'only tasks of this type')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Wait is the time from enqueue to the first claim; duration from the last claim to the end.
Examples:
  $ master-orchestrator tasks
  $ master-orchestrator tasks --json | jq '.[] | select(.state == "dead")'`,
		)
		.action(tasks);
}

async function tasks({ json, type, ...database }: TasksOptions): Promise<void> {
	const filter = type === undefined ? {} : { workflowType: type };
	const overview = await withOrchestrator(database, async ({ queue }) => await queue.list(filter));
	const text = json ? JSON.stringify(overview, null, 2) : renderTaskTable(overview, process.stdout.columns);
	process.stdout.write(`${text}\n`);
}
