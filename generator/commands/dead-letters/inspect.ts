import { Command } from 'commander';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { unknownTask } from '../../failure';
import { taskNumber } from '../../option-task';
import { printJson, printLine } from '../../print';
import { renderInspection } from '../../render-inspection';

interface InspectOptions extends DatabaseOptions {
	json?: true;
}

export function inspectCommand(): Command {
	return new Command('inspect')
		.description(
			'Show all that is known of a task: input, context, every error with its stack and surroundings.',
		)
		.argument('<task>', 'its number', taskNumber)
		.option('--json', 'the same as JSON, with every change of state')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Also of a task that has not died. “master-orchestrator task” shows its life step by step, archived ones too.
Examples:
  $ master-orchestrator dead-letters inspect 17
  $ master-orchestrator dead-letters inspect 17 --json | jq '.failures[].error.stack'`,
		)
		.action(inspect);
}

async function inspect(taskId: string, { json, ...database }: InspectOptions): Promise<void> {
	const inspection = await withOrchestrator(database, async ({ queue }) => await queue.inspect(taskId));
	if (inspection === null) throw unknownTask(taskId);
	if (json) return printJson(inspection);
	printLine(renderInspection(inspection));
}
