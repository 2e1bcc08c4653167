import { z } from 'zod/v4';
import { defineAction } from '../../../shared/action';
import { toSafeJson } from '../../../shared/json';

/** One item a type, by name. */
export const list = defineAction({
	parameters: z.object({}),
	async perform(_call, { orchestrator }) {
		const { types } = await orchestrator();
		return (await types.list()).map((type) => ({ json: toSafeJson(type) }));
	},
});
