import { z } from 'zod/v4';
import { defineOnce } from '../../shared/action';
import { readRun } from '../../shared/flow';
import { standingOf } from '../standing';

/** Ends each run once, with its metrics and its slot. A run that had ended before stays as it was, and the item says how. */
export const complete = defineOnce({
	parameters: z.object({}),
	groupOf: ({ json }) => readRun(json).id,
	async perform({ json }, { orchestrator }) {
		const { runs } = await orchestrator();
		const { id, queue } = readRun(json);
		const completed = await runs.complete(id, queue === undefined ? {} : { queue });
		const standing = completed ? { state: 'COMPLETED' } : await standingOf(runs, id);
		return (item) => ({ json: { ...item, run: { ...Object(item.run), ...standing }, completed } });
	},
});
