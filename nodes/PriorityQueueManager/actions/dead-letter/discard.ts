import { z } from 'zod/v4';
import type { DiscardAnswer } from '../../../../core';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { letterFilterOf, letterFilters, matchOf } from '../../dead-letter-filter';
import { limit } from '../../parameters';

/** Gives letters up, or only counts them. One item, with the IDs of the tasks. */
export const discard = defineAction({
	parameters: z.object({ dryRun: z.boolean(), filters: letterFilters, limit: limit(10_000) }),
	async perform({ parameters, json }, { orchestrator, actor, timezone }) {
		const { dryRun, filters, limit: most } = parameters;
		const { deadLetters } = await orchestrator();
		const answer = await deadLetters.discard(letterFilterOf(filters, timezone), {
			actor,
			dryRun,
			limit: most,
		});
		return {
			json: { ...json, discard: toSafeJson({ dryRun, ...answer, message: inWords(answer, dryRun) }) },
		};
	},
});

function inWords({ matching, taskIds }: DiscardAnswer, dryRun: boolean): string {
	const match = matchOf(matching);
	if (matching === 0) return `${match}: there is nothing to discard.`;
	return dryRun
		? `${match}; ${taskIds.length} would be given up. Nothing was changed: switch “Dry Run” off to do it.`
		: `${match}; ${taskIds.length} given up: these tasks stay dead.`;
}
