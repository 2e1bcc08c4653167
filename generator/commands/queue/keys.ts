import { Command } from 'commander';
import type { FairKeyOverview } from '../../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { printJson, printLine } from '../../print';
import { cellText, type Column, renderTable } from '../../text-table';
import { pausedBy } from './pause';

interface KeysOptions extends DatabaseOptions {
	type?: string;
	paused?: boolean;
	json?: true;
}

const COLUMNS: Column<FairKeyOverview>[] = [
	{ title: 'key', cell: ({ fairKey }) => cellText(fairKey) },
	{ title: 'type', cell: ({ workflowType }) => workflowType },
	{ title: 'weight', right: true, cell: ({ weight }) => String(weight) },
	{ title: 'queued', right: true, cell: ({ queued }) => (queued < 10_000 ? String(queued) : '10000+') },
	{ title: 'oldest waits since', cell: ({ oldestEligibleAt }) => oldestEligibleAt?.toISOString() ?? '-' },
	{ title: 'running', right: true, cell: ({ running }) => String(running) },
	{ title: 'pause', shrinks: true, cell: pauseOf },
];

export function keysCommand(): Command {
	return new Command('keys')
		.description('Show the fair keys: depth, weight, executions that run, pauses.')
		.option('--type <workflow type>', 'only keys of this type')
		.option('--paused', 'only keys that a pause holds, their own or that of their type')
		.option('--no-paused', 'only keys that no pause holds')
		.option('--json', 'the same as JSON, with every field')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
Keys share the slots by weight while they have tasks; a key is known from its first task on.
Examples:
  $ master-orchestrator queue keys
  $ master-orchestrator queue keys --paused --json | jq '.[].fairKey'`,
		)
		.action(keys);
}

async function keys({ type, paused, json, ...database }: KeysOptions): Promise<void> {
	const filter = { ...(type && { workflowType: type }), ...(paused !== undefined && { paused }) };
	const found = await withOrchestrator(database, async ({ queue }) => await queue.keys(filter));
	if (json) return printJson(found);
	const table =
		found.length > 0 ? renderTable(COLUMNS, found, process.stdout.columns) : 'There is no such key.';
	printLine(table);
}

function pauseOf({ pause, typePause }: FairKeyOverview): string {
	const own = pause ? [`key ${pausedBy(pause)}`] : [];
	const ofType = typePause ? [`type ${pausedBy(typePause)}`] : [];
	return cellText([...own, ...ofType].join('; ')) || '-';
}
