import { z } from 'zod/v4';
import { claimPlanOf } from '../../../../core';
import { defineGroupAction, type Emission } from '../../../shared/action';
import { readPlan, readRun } from '../../../shared/flow';
import { toJson } from '../../../shared/json';

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
		const { owner, id: runId } = readRun(call.json);
		const claimer = { owner, runId, ...call.parameters.options };
		const executions = await queue.claim(claimPlanOf(planned, claimer));
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
