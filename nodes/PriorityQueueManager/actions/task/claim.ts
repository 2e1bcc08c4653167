import { z } from 'zod/v4';
import { defineGroupAction, type Emission } from '../../../shared/action';
import { readPlan, readRun } from '../../../shared/flow';
import { toJson } from '../../../shared/json';
import { claimPlanOf } from '../../claim-plan';

/** Takes what the plan allows and what is really free: one item per execution that was won. */
export const claim = defineGroupAction({
	outputs: ['claimed', 'nothing'],
	parameters: z.object({
		options: z.object({ maxExecutions: z.number().int().min(1).optional() }).default({}),
	}),
	groupOf: ({ json }) => readRun(json).id,
	async perform([call], { orchestrator }) {
		if (call === undefined) return [];
		const { queue } = await orchestrator();
		const planned = readPlan(call.json);
		const { maxExecutions } = call.parameters.options;
		const executions = await queue.claim(claimPlanOf(readRun(call.json), planned, maxExecutions));
		const { run, plan } = call.json;
		if (executions.length === 0) return [[{ output: 'nothing', json: { run, plan, claimed: 0 } }]];
		const { verdict } = planned;
		return [
			executions.map((execution): Emission => ({
				output: 'claimed',
				json: { run, plan: { verdict }, execution: toJson(execution) },
			})),
		];
	},
});
