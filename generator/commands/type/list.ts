import { Command } from 'commander';
import type { RegisteredType } from '../../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../../database';
import { printJson, printLine } from '../../print';
import { cellText, type Column, renderTable } from '../../text-table';
import { shownSetting } from './settings';

interface ListOptions extends DatabaseOptions {
	json?: true;
}

const COLUMNS: Column<RegisteredType>[] = [
	{ title: 'type', cell: ({ workflowType }) => workflowType },
	{ title: 'title', shrinks: true, cell: ({ title }) => cellText(title) },
	{ title: 'weight', right: true, cell: (type) => shownSetting(type, 'weight') },
	{ title: 'at a time', right: true, cell: (type) => shownSetting(type, 'maxConcurrent') },
	{ title: 'batch', right: true, cell: ({ batchSize, batchMax }) => `${batchSize}/${batchMax}` },
	{ title: 'cadence s', right: true, cell: (type) => shownSetting(type, 'cadenceSeconds') },
	{ title: 'waits s', right: true, cell: (type) => shownSetting(type, 'queueLimitSeconds') },
	{ title: 'works s', right: true, cell: (type) => shownSetting(type, 'limitSeconds') },
	{ title: 'attempts', right: true, cell: (type) => shownSetting(type, 'maxAttempts') },
	{ title: 'letters d', right: true, cell: (type) => shownSetting(type, 'deadLetterDays') },
	{ title: 'paused by', shrinks: true, cell: ({ pause }) => cellText(pause?.by ?? '-') },
];

export function listCommand(): Command {
	return new Command('list')
		.description('Show the registered workflow types with their limits; “type show” has every setting.')
		.option('--json', 'the same as JSON, with every setting')
		.addOption(databaseOption())
		.addHelpText('after', '\nExample:\n  $ master-orchestrator type list')
		.action(async ({ json, ...database }: ListOptions) => {
			const types = await withOrchestrator(database, async (door) => await door.types.list());
			if (json) return printJson(types);
			printLine(renderTable(COLUMNS, types, process.stdout.columns));
		});
}
