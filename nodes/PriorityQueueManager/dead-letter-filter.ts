import { z } from 'zod/v4';
import type { DeadLetterFilter, DeadLetterStatus } from '../../core';
import { dateParameter, instantOf } from '../shared/instant';
import { collection, names, optionalText, taskIds } from './parameters';

/** Filters of every action on dead letters; those that change letters know no status, they take open ones. */
export const letterFilters = collection({
	cause: optionalText,
	diedAfter: dateParameter.optional(),
	diedBefore: dateParameter.optional(),
	fairKeys: names.optional(),
	status: z.enum(['open', 'redriven', 'discarded', 'all']).optional(),
	taskIds: taskIds.optional(),
	workflowTypes: names.optional(),
});

export function letterFilterOf(
	{ cause, diedAfter, diedBefore, ...same }: z.output<typeof letterFilters>,
	timezone: string,
): DeadLetterFilter & { status?: DeadLetterStatus | 'all' } {
	const instant = (text: string | undefined) => (text === undefined ? undefined : instantOf(text, timezone));
	return {
		...same,
		causes: cause === undefined ? undefined : [cause],
		diedAfter: instant(diedAfter),
		diedBefore: instant(diedBefore),
	};
}

/** “3 open dead letters match the filters”. */
export function matchOf(matching: number): string {
	return `${matching === 1 ? '1 open dead letter matches' : `${matching} open dead letters match`} the filters`;
}
