import { Command } from 'commander';
import type { DeadLetter } from '../../../core';
import { databaseOption, withOrchestrator } from '../../database';
import { wholeNumber } from '../../option-number';
import { printJson, printLine } from '../../print';
import { cellText, type Column, renderTable } from '../../text-table';
import { addFilterOptions, addStatusOption, filterOf, type StatusOptions } from './filter';

/** As many as one page of the library has. */
const MOST = 1000;

interface ListOptions extends StatusOptions {
	limit: number;
	after?: string;
	json?: true;
}

const COLUMNS: Column<DeadLetter>[] = [
	{ title: 'task', right: true, cell: ({ taskId }) => taskId },
	{ title: 'type', cell: ({ workflowType }) => workflowType },
	{ title: 'status', cell: ({ status }) => status },
	{ title: 'died', cell: ({ diedAt }) => diedAt.toISOString() },
	{ title: 'errors', right: true, cell: ({ failures }) => String(failures) },
	{ title: 'redrives', right: true, cell: ({ redrives }) => String(redrives) },
	{ title: 'why', shrinks: true, cell: ({ reason }) => cellText(reason) },
	{ title: 'last error', shrinks: true, cell: ({ code, message }) => cellText(`${code}: ${message}`) },
];

export function listCommand(): Command {
	return addStatusOption(addFilterOptions(new Command('list')))
		.description('Show the tasks that died, the latest first.')
		.option('--limit <n>', `rows, at most ${MOST}`, wholeNumber(1, MOST), 100)
		.option('--after <place>', 'go on where the page before ended; it names the place')
		.option('--json', 'as JSON: {letters, next}')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Letters are kept for 30 days, or as long as their type says.
Examples:
  $ master-orchestrator dead-letters list --type content_pipeline --since 2026-11-01
  $ master-orchestrator dead-letters list --status all --json | jq '.letters[].taskId'`,
		)
		.action(list);
}

async function list({ limit, after, json, status, ...options }: ListOptions): Promise<void> {
	const filter = { ...filterOf(options), status };
	const page = { limit, ...(after !== undefined && { after }) };
	const answer = await withOrchestrator(
		options,
		async ({ deadLetters }) => await deadLetters.list(filter, page),
	);
	if (json) return printJson(answer);
	const { letters, next } = answer;
	const table =
		letters.length > 0
			? renderTable(COLUMNS, letters, process.stdout.columns)
			: 'There is no such dead letter.';
	printLine(table);
	if (next !== null) process.stderr.write(`There are more: add --after ${next}\n`);
}
