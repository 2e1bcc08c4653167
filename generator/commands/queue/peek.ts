import { Command } from 'commander';
import { type PeekedTask, redact } from '../../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { wholeNumber } from '../../option-number';
import { printJson, printLine } from '../../print';
import { cellText, type Column, renderTable } from '../../text-table';

interface PeekOptions extends DatabaseOptions {
	type?: string;
	key?: string;
	limit: number;
	json?: true;
}

const COLUMNS: Column<PeekedTask>[] = [
	{ title: 'task', right: true, cell: ({ taskId }) => taskId },
	{ title: 'score', right: true, cell: ({ score }) => score.toFixed(1) },
	{ title: 'topic', shrinks: true, cell: ({ input }) => cellText(redact(input).topic) },
	{ title: 'type', cell: ({ workflowType }) => workflowType },
	{ title: 'key', cell: ({ fairKey }) => cellText(fairKey) },
	{ title: 'priority', right: true, cell: ({ priority }) => String(priority) },
	{ title: 'failures', right: true, cell: ({ attempts }) => String(attempts) },
	{ title: 'waits since', cell: ({ eligibleAt }) => eligibleAt.toISOString() },
];

export function peekCommand(): Command {
	return new Command('peek')
		.description('Show the waiting tasks in the order in which they are taken. Takes nothing.')
		.option('--type <workflow type>', 'only tasks of this type')
		.option('--key <fair key>', 'only tasks of this fair key')
		.option('--limit <n>', 'rows, at most 100', wholeNumber(1, 100), 10)
		.option('--json', 'the same as JSON, with every field')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
The score is priority × 10 plus the minutes of waiting, plus 50 after half an hour. What a gate holds (a pause, a limit)
stands in the line all the same: “queue explain” says so.
Examples:
  $ master-orchestrator queue peek
  $ master-orchestrator queue peek --type content_pipeline --limit 100 --json | jq '.[].taskId'`,
		)
		.action(peek);
}

async function peek({ type, key, limit, json, ...database }: PeekOptions): Promise<void> {
	const filter = { limit, ...(type && { workflowType: type }), ...(key && { fairKey: key }) };
	const line = await withOrchestrator(database, async ({ queue }) => await queue.peek(filter));
	if (json) return printJson(line);
	const table =
		line.length > 0 ? renderTable(COLUMNS, line, process.stdout.columns) : 'No task waits to be taken.';
	printLine(table);
}
