import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { planRun } from '../../../core';
import { defineOnce } from '../../shared/action';
import { readNewRun, readRun, readSnapshot } from '../../shared/flow';
import { toJson } from '../../shared/json';

const NOT_DISPATCHED =
	'Planned, not dispatched: this was a manual run. Turn on “Dispatch on manual runs” in the Intelligent Scheduler to dispatch.';

/** Decides what may start now, with a reason for every workflow type; touches nothing. */
export const plan = defineOnce({
	outputs: ['ready', 'throttled', 'idle'],
	parameters: z.object({
		options: z.object({ maxExecutions: z.number().int().min(1).optional() }).default({}),
	}),
	groupOf: ({ json }) => readRun(json).id,
	async perform({ parameters, json }) {
		const decided = planRun(readSnapshot(json), parameters.options);
		const plan = toJson(decided);
		// Travels to the run's completion, which keeps it: why of each type something, or nothing, was started.
		const queue = {
			mode: decided.mode,
			warnings: decided.warnings.map(({ message }) => message),
			verdict: decided.verdict,
			decisions: decided.decisions.map(({ workflowType, due, reason }) => ({ workflowType, due, reason })),
		};
		const planned = (item: IDataObject) => ({ ...item, run: { ...Object(item.run), queue }, plan });
		if (!readNewRun(json).dispatch) {
			return (item) => ({ output: 'idle', json: { ...planned(item), message: NOT_DISPATCHED } });
		}
		return (item) => ({ output: decided.verdict, json: planned(item) });
	},
});
