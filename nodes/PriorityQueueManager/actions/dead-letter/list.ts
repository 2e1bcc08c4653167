import { z } from 'zod/v4';
import type { DeadLetter } from '../../../../core';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { letterFilterOf, letterFilters } from '../../dead-letter-filter';
import { limit } from '../../parameters';

/** The database gives at most so many at a time. */
const PAGE = 1000;

/** One item a letter, the latest death first. */
export const list = defineAction({
	parameters: z.object({ limit: limit(10_000), filters: letterFilters }),
	async perform({ parameters }, { orchestrator, timezone }) {
		const { deadLetters } = await orchestrator();
		const filter = letterFilterOf(parameters.filters, timezone);
		const found: DeadLetter[] = [];
		let after: string | undefined;
		do {
			const missing = parameters.limit - found.length;
			const page = await deadLetters.list(filter, { after, limit: Math.min(PAGE, missing) });
			found.push(...page.letters);
			after = page.next ?? undefined;
		} while (after !== undefined && found.length < parameters.limit);
		return found.map((letter) => ({ json: toSafeJson(letter) }));
	},
});
