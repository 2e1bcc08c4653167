import { z } from 'zod/v4';
import { claimPlanOf, redactText } from '../../../../core';
import { defineGroupAction, type Emission } from '../../../shared/action';
import { readPlan, readRun } from '../../../shared/flow';
import { toJson } from '../../../shared/json';

/** Takes what the plan allows and what is really free: one item per execution that was won, or one that says why none was. */
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
		const policy = claimPlanOf(planned, claimer);
		const executions = await queue.claim(policy);
		const { run, plan } = call.json;
		if (executions.length === 0) {
			const reasons = await queue.whyIdle(policy);
			const nothingClaimed = reasons.map(({ workflowType, reason, because }) => ({
				workflowType,
				reason,
				because: redactText(because),
			}));
			const told = { ...Object(run), queue: { ...Object(Object(run).queue), nothingClaimed } };
			return [[{ output: 'nothing', json: { run: told, plan, claimed: 0 } }]];
		}
		const { verdict } = planned;
		return [
			executions.map((execution): Emission => ({
				output: 'claimed',
				json: { run, plan: { verdict }, execution: toJson(execution) },
			})),
		];
	},
});
