import { z } from 'zod/v4';
import { defineOnce } from '../../shared/action';
import { readRun } from '../../shared/flow';
import { standingOf } from '../standing';

/** Where a run can be moved by hand: Begin makes it ANALYZING, Complete Run ends it with its metrics. */
const TARGETS = ['DISPATCHING', 'MONITORING', 'ERROR_RECOVERY'] as const;

const parameters = z
	.object({ to: z.enum(TARGETS), reason: z.string().trim().max(2000).default('') })
	.refine(({ to, reason }) => to !== 'ERROR_RECOVERY' || reason !== '', {
		path: ['reason'],
		message:
			'is empty; Error Recovery needs a sentence that says what went wrong, because it is kept as the error of the run',
	});

/** Moves each run once, however many items carry it; the database refuses what the transition table forbids. */
export const transition = defineOnce({
	parameters,
	groupOf: ({ json }) => readRun(json).id,
	async perform({ json, parameters: { to, reason } }, { orchestrator }) {
		const { runs } = await orchestrator();
		const { id } = readRun(json);
		const moved = await runs.transition(id, to, contextOf(to, reason));
		const standing = moved ? { state: to } : await standingOf(runs, id);
		return (item) => ({ json: { ...item, run: { ...Object(item.run), ...standing } } });
	},
});

/** Of a run that fails it is the error; else why it moved, for the log. */
function contextOf(to: (typeof TARGETS)[number], reason: string): Record<string, string> {
	if (to === 'ERROR_RECOVERY') return { code: 'ENDED_BY_WORKFLOW', message: reason };
	return reason === '' ? {} : { reason };
}
