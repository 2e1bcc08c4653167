import { Command, Option } from 'commander';
import {
	ENDED_TASK_STATES,
	type EndedTaskState,
	type HistoryFilter,
	MAX_HISTORY_PAGE,
	type Orchestrator,
} from '../../core';
import { type DatabaseOptions, databaseOption, withOrchestrator } from '../database';
import { wholeNumber } from '../option-number';
import { time } from '../option-time';
import { printJson, printLine } from '../print';
import { renderTaskTable } from '../render-table';

interface HistoryOptions extends DatabaseOptions {
	state?: EndedTaskState;
	type?: string;
	since?: Date;
	until?: Date;
	limit: number;
	after?: string;
	json?: true;
}

export function historyCommand(): Command {
	return new Command('history')
		.description('Show the tasks that have ended, newest first, archived ones included.')
		.addOption(new Option('--state <state>', 'only tasks that ended so').choices(ENDED_TASK_STATES))
		.option('--type <workflow type>', 'only tasks of this type')
		.option(
			'--since <time>',
			'only what ended at this time or later, e.g. 2026-11-01 or 2026-11-01T08:00:00Z',
			time,
		)
		.option('--until <time>', 'only what ended before this time', time)
		.option('--limit <n>', `rows, at most ${MAX_HISTORY_PAGE}`, wholeNumber(1, MAX_HISTORY_PAGE), 50)
		.option('--after <place>', 'go on where the page before ended; it names the place')
		.option('--json', 'as JSON: {entries, next}')
		.addOption(databaseOption())
		.addHelpText(
			'after',
			`
A date without a time is midnight UTC.
Examples:
  $ master-orchestrator history --state dead --since 2026-11-01
  $ master-orchestrator history --type content_pipeline --limit 1000 --json | jq '.entries[].taskId'`,
		)
		.action(history);
}

async function history({
	state,
	type,
	since,
	until,
	limit,
	after,
	json,
	...database
}: HistoryOptions): Promise<void> {
	const filter: HistoryFilter & Parameters<Orchestrator['history']['tasks']>[0] = {
		limit,
		...(state && { states: [state] }),
		...(type && { types: [type] }),
		...(since && { from: since }),
		...(until && { to: until }),
		...(after && { after }),
	};
	const page = await withOrchestrator(database, async (door) => await door.history.tasks(filter));
	if (json) return printJson(page);
	const { entries, next } = page;
	const table =
		entries.length > 0 ? renderTaskTable(entries, process.stdout.columns) : 'No task has ended so.';
	printLine(table);
	if (next !== null) printLine(`There are more: add --after ${next}`);
}
