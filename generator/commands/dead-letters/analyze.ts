import { Command } from 'commander';
import type { DeadLetterGroup } from '../../../core';
import { databaseOption, withOrchestrator } from '../../database';
import { printJson, printLine } from '../../print';
import { cellText, type Column, renderTable } from '../../text-table';
import { addFilterOptions, addStatusOption, filterOf, type StatusOptions } from './filter';

const COLUMNS: Column<DeadLetterGroup>[] = [
	{ title: 'tasks', right: true, cell: ({ count }) => String(count) },
	{ title: 'types', shrinks: true, cell: ({ workflowTypes }) => typesOf(workflowTypes) },
	{ title: 'first', cell: ({ firstDiedAt }) => firstDiedAt.toISOString() },
	{ title: 'last', cell: ({ lastDiedAt }) => lastDiedAt.toISOString() },
	{ title: 'e.g. task', right: true, cell: ({ sample }) => sample.taskId },
	// Never cut: it is what --cause takes.
	{ title: 'cause', cell: ({ cause }) => cellText(cause) },
];

export function analyzeCommand(): Command {
	return addStatusOption(addFilterOptions(new Command('analyze')))
		.description('Group the tasks that died by the cause of their death, the biggest group first.')
		.option('--json', 'the same as JSON, with a sample of each group')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Errors that differ only in numbers, ids, addresses and times have one cause. Redrive a group with --cause.
Examples:
  $ master-orchestrator dead-letters analyze
  $ master-orchestrator dead-letters analyze --type content_pipeline --json | jq -r '.[0].cause'`,
		)
		.action(analyze);
}

async function analyze({ status, json, ...options }: StatusOptions & { json?: true }): Promise<void> {
	const filter = { ...filterOf(options), status };
	const groups = await withOrchestrator(
		options,
		async ({ deadLetters }) => await deadLetters.analyze(filter),
	);
	if (json) return printJson(groups);
	const table =
		groups.length > 0
			? renderTable(COLUMNS, groups, process.stdout.columns)
			: 'There is no such dead letter.';
	printLine(table);
}

function typesOf(types: DeadLetterGroup['workflowTypes']): string {
	const each = Object.entries(types).map(([type, count]) => `${type} (${count})`);
	return cellText(each.join(', '));
}
