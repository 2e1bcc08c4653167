import { z } from 'zod/v4';
import type { RedriveAnswer } from '../../../../core';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { letterFilterOf, letterFilters, matchOf } from '../../dead-letter-filter';
import { limit } from '../../parameters';

/** Puts letters back into the queue, or only counts them. One item, with the IDs of the tasks. */
export const redrive = defineAction({
	parameters: z.object({
		dryRun: z.boolean(),
		filters: letterFilters,
		limit: limit(10_000),
		/** 0 = all at once. */
		ratePerMinute: z.coerce.number().nonnegative(),
	}),
	async perform({ parameters, json }, { orchestrator, actor, timezone }) {
		const { dryRun, filters, limit: most, ratePerMinute } = parameters;
		const { deadLetters } = await orchestrator();
		const answer = await deadLetters.redrive(letterFilterOf(filters, timezone), {
			actor,
			dryRun,
			limit: most,
			...(ratePerMinute > 0 ? { ratePerMinute } : {}),
		});
		return {
			json: { ...json, redrive: toSafeJson({ dryRun, ...answer, message: inWords(answer, dryRun) }) },
		};
	},
});

function inWords({ matching, taskIds, lastDueAt }: RedriveAnswer, dryRun: boolean): string {
	const match = matchOf(matching);
	if (matching === 0) return `${match}: there is nothing to redrive.`;
	const last = lastDueAt === null ? '' : `, the last one due at ${lastDueAt.toISOString()}`;
	return dryRun
		? `${match}; ${taskIds.length} would go back into the queue${last}. Nothing was changed: switch “Dry Run” off to do it.`
		: `${match}; ${taskIds.length} went back into the queue${last}.`;
}
