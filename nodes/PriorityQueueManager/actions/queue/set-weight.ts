import { z } from 'zod/v4';
import { WEIGHT_BOUNDS } from '../../../../core';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';
import { targetOf, targetParameters } from '../../parameters';

/** Share of the slots while others wait: weight 2 gets twice what weight 1 gets. */
export const setWeight = defineAction({
	parameters: z.object({
		...targetParameters,
		weight: z.coerce.number().int().min(WEIGHT_BOUNDS.min).max(WEIGHT_BOUNDS.max),
	}),
	async perform({ parameters, json }, { orchestrator, actor }) {
		const { target } = targetOf(parameters);
		const { weight } = parameters;
		const { queue } = await orchestrator();
		const changedKeys = await queue.setWeight(target, weight, { actor });
		return { json: { ...json, weight: toSafeJson({ ...target, weight, changedKeys }) } };
	},
});
