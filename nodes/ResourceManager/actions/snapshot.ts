import { z } from 'zod/v4';
import { queueWarnings } from '../../../core';
import { defineOnce } from '../../shared/action';
import { toJson } from '../../shared/json';

/** Reads slots, queue, types, models and connections as they are now. Changes nothing. */
export const snapshot = defineOnce({
	parameters: z.object({}),
	groupOf: () => 'this execution',
	async perform(_call, { orchestrator }) {
		const { resources } = await orchestrator();
		const seen = await resources.snapshot();
		const snapshot = toJson(seen);
		const warnings = queueWarnings(seen.queue).map(({ message }) => message);
		return (json) => ({ json: { ...json, snapshot, ...(warnings.length > 0 && { warnings }) } });
	},
});
