import { type Command, Option } from 'commander';
import type { DeadLetterFilter } from '../../../core';
import type { DatabaseOptions } from '../../database';
import { InvalidInputError } from '../../failure';
import { repeated } from '../../option-list';
import { time } from '../../option-time';

export interface FilterOptions extends DatabaseOptions {
	type?: string[];
	key?: string[];
	cause?: string[];
	since?: Date;
	until?: Date;
}

const STATUSES = ['open', 'redriven', 'discarded', 'all'] as const;
export interface StatusOptions extends FilterOptions {
	status: (typeof STATUSES)[number];
}

/** Options that choose letters; all of them have to fit, of a repeated one any value. */
export function addFilterOptions(command: Command): Command {
	return command
		.option('--type <workflow type>', 'only of this type; may be repeated', repeated)
		.option('--key <fair key>', 'only of this fair key; may be repeated', repeated)
		.option('--cause <cause>', 'only of this cause, as “analyze” shows it; may be repeated', repeated)
		.option('--since <time>', 'only what died at this time or later, e.g. 2026-11-01T08:00:00Z', time)
		.option('--until <time>', 'only what died before this time', time);
}

export function addStatusOption(command: Command): Command {
	const status = new Option('--status <status>', 'open: neither redriven since nor discarded');
	return command.addOption(status.choices(STATUSES).default('open'));
}

export function filterOf({ type, key, cause, since, until }: FilterOptions): DeadLetterFilter {
	return {
		...(type && { workflowTypes: type }),
		...(key && { fairKeys: key }),
		...(cause && { causes: cause }),
		...(since && { diedAfter: since }),
		...(until && { diedBefore: until }),
	};
}

/** Which letters a change is about: by number, or those of a filter; an empty filter is all of them. */
export type Choice = { kind: 'named'; taskIds: string[] } | { kind: 'filtered'; filter: DeadLetterFilter };

/** Never everything because nothing was said: that takes --all. */
export function choiceOf(taskIds: string[], options: FilterOptions & { all?: true }): Choice {
	const filter = filterOf(options);
	const filtered = Object.keys(filter).length > 0;
	const ways = [taskIds.length > 0, filtered, options.all === true].filter(Boolean).length;
	if (ways === 1) return taskIds.length > 0 ? { kind: 'named', taskIds } : { kind: 'filtered', filter };
	throw new InvalidInputError(
		ways === 0 ? 'Nothing says which dead letters.' : 'Numbers, a filter and --all exclude each other.',
		'Give either task numbers, or a filter such as --type content_pipeline, or --all.',
	);
}
