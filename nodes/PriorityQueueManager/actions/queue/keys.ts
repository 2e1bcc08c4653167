import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { collection, optionalText } from '../../parameters';

/** One item a fair key: how many wait and run, its weight, and who paused it. */
export const keys = defineAction({
	parameters: z.object({
		filters: collection({
			paused: z.enum(['any', 'paused', 'open']).default('any'),
			workflowType: optionalText,
		}),
	}),
	async perform({ parameters }, { orchestrator }) {
		const { workflowType, paused } = parameters.filters;
		const { queue } = await orchestrator();
		const found = await queue.keys({
			workflowType,
			...(paused === 'any' ? {} : { paused: paused === 'paused' }),
		});
		return found.map((key) => ({ json: toSafeJson(key) }));
	},
});
