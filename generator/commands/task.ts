import { Command } from 'commander';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { InvalidInputError } from '../failure';
import { renderTimeline } from '../render-timeline';

interface TaskOptions extends DatabaseOptions {
	json?: true;
}

export function taskCommand(): Command {
	return new Command('task')
		.description('Show the life of one task: every change and failure, with the time between.')
		.argument('<task>', 'its number, as “master-orchestrator tasks” shows it')
		.option('--json', 'the same as JSON')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Finds archived tasks too.
Examples:
  $ master-orchestrator task 17
  $ master-orchestrator task 17 --json | jq '.events[] | select(.kind == "failure")'`,
		)
		.action(task);
}

async function task(taskId: string, { json, ...database }: TaskOptions): Promise<void> {
	const timeline = await withOrchestrator(database, async ({ history }) => await history.timeline(taskId));
	if (timeline === null) {
		throw new InvalidInputError(
			`There is no task ${taskId}.`,
			'“master-orchestrator tasks” and “master-orchestrator history” show the numbers.',
		);
	}
	process.stdout.write(`${json ? JSON.stringify(timeline, null, 2) : renderTimeline(timeline)}\n`);
}
