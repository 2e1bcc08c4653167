import { z } from 'zod/v4';
import { defineOnce } from '../../shared/action';
import { toJson } from '../../shared/json';

/** Decides about everything whose lease ran out, and promotes what became due. */
export const recover = defineOnce({
	parameters: z.object({
		options: z.object({ limit: z.number().int().min(1).max(10_000).optional() }).default({}),
	}),
	groupOf: () => 'this execution',
	async perform({ parameters }, { orchestrator }) {
		const { runs } = await orchestrator();
		const recovered = toJson(await runs.recover(parameters.options));
		return (json) => ({ json: { ...json, recovered } });
	},
});
