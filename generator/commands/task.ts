import { Command } from 'commander';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { unknownTask } from '../failure';
import { printJson, printLine } from '../print';
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
	if (timeline === null) throw unknownTask(taskId);
	if (json) return printJson(timeline);
	printLine(renderTimeline(timeline));
}
