import { z } from 'zod/v4';
import { RUN_STATES } from '../../../core';
import { defineOnce } from '../../shared/action';
import { readRun } from '../../shared/flow';

/** Moves each run once, however many items carry it; the database refuses what the transition table forbids. */
export const transition = defineOnce({
	parameters: z.object({ to: z.enum(RUN_STATES) }),
	groupOf: ({ json }) => readRun(json).id,
	async perform({ json, parameters: { to } }, { orchestrator }) {
		const { runs } = await orchestrator();
		await runs.transition(readRun(json).id, to);
		return (item) => ({ json: { ...item, run: { ...Object(item.run), state: to } } });
	},
});
