import type { Command } from 'commander';
import type { DeadLetterFilter } from '../../../core';
import { consent } from '../../consent';
import { wholeNumber } from '../../option-number';
import { declined, printJson, printLine } from '../../print';
import { addFilterOptions, type Choice, type FilterOptions } from './filter';

/** As many as one call of the library changes. */
const MOST = 10_000;

export interface ChangeOptions extends FilterOptions {
	all?: true;
	limit: number;
	dryRun?: true;
	yes?: true;
	json?: true;
}

export interface ChangeAnswer {
	matching: number;
	taskIds: string[];
}

export const CHANGE_HELP = `Chosen by a filter or --all, more than one is counted first and you are asked; without a terminal add --yes.
Exit code 1 when a number has no open dead letter.`;

export function addChangeOptions(command: Command): Command {
	return addFilterOptions(command)
		.option('--all', 'every open dead letter')
		.option('--limit <n>', `the latest deaths first, at most ${MOST}`, wholeNumber(1, MOST), 1000)
		.option('--dry-run', 'change nothing: only count')
		.option('--yes', 'do not ask, whatever the number')
		.option('--json', 'the answer as JSON');
}

interface Change<T> {
	/** “redriven”, “discarded”. */
	done: string;
	change: (filter: DeadLetterFilter, how: { limit: number; dryRun?: boolean }) => Promise<T>;
}

/** Counts, asks where a filter chose more than one, and changes exactly what was counted. Null: the person said no. */
export async function changeChosen<T extends ChangeAnswer>(
	choice: Choice,
	{ limit, dryRun, yes }: Pick<ChangeOptions, 'limit' | 'dryRun' | 'yes'>,
	{ done, change }: Change<T>,
): Promise<T | null> {
	if (choice.kind === 'named') {
		return await change({ taskIds: choice.taskIds }, { limit: MOST, ...(dryRun && { dryRun }) });
	}
	const seen = await change(choice.filter, { limit, dryRun: true });
	if (dryRun) return seen;
	const what = `${seen.taskIds.length} of ${seen.matching} open dead letters would be ${done}.`;
	if (seen.taskIds.length > 1 && !(await consent(what, yes === true))) return null;
	// By number: a task that died meanwhile was not in the count that the person agreed to.
	const answer = await change({ taskIds: seen.taskIds }, { limit });
	return { ...answer, matching: seen.matching };
}

/** Prints the answer; a number that was given and has no open letter is named, and makes exit code 1. */
export function report<T extends ChangeAnswer>(
	answer: T | null,
	choice: Choice,
	{ json, dryRun }: ChangeOptions,
	{ done, more = '' }: { done: string; more?: string },
): void {
	if (answer === null) return declined();
	const { matching, taskIds } = answer;
	if (json) printJson(answer);
	else
		printLine(
			`${taskIds.length} of ${matching} open dead letters ${dryRun ? `would be ${done}` : done}${more}.`,
		);
	const missing = choice.kind === 'named' ? choice.taskIds.filter((each) => !taskIds.includes(each)) : [];
	if (missing.length === 0) return;
	process.stderr.write(`No open dead letter: ${missing.join(', ')}.\n`);
	process.exitCode = 1;
}
