import { z } from 'zod/v4';
import { defineOnce } from '../../shared/action';
import { toJson } from '../../shared/json';

/** Reads slots, queue, types, models and connections as they are now. Changes nothing. */
export const snapshot = defineOnce({
	parameters: z.object({}),
	groupOf: () => 'this execution',
	async perform(_call, { orchestrator }) {
		const { resources } = await orchestrator();
		const snapshot = toJson(await resources.snapshot());
		return (json) => ({ json: { ...json, snapshot } });
	},
});
