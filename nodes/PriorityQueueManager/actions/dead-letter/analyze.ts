import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { letterFilterOf, letterFilters } from '../../dead-letter-filter';

/** One item a cause, the most frequent first. */
export const analyze = defineAction({
	parameters: z.object({ filters: letterFilters }),
	async perform({ parameters }, { orchestrator, timezone }) {
		const { deadLetters } = await orchestrator();
		const groups = await deadLetters.analyze(letterFilterOf(parameters.filters, timezone));
		return groups.map((group) => ({ json: toSafeJson(group) }));
	},
});
