import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { ClaimPlan } from '../../../core';
import { defineGroupAction, type Emission } from '../../shared/action';
import { readPlan, readRun } from '../../shared/flow';
import { toJson } from '../../shared/json';

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
		const executions = await queue.claim(claimPlanOf(call.json, call.parameters.options.maxExecutions));
		const { run, plan } = call.json;
		if (executions.length === 0) return [[{ output: 'nothing', json: { run, plan, claimed: 0 } }]];
		const { verdict } = readPlan(call.json);
		return [
			executions.map((execution): Emission => ({
				output: 'claimed',
				json: { run, plan: { verdict }, execution: toJson(execution) },
			})),
		];
	},
});

function claimPlanOf(json: IDataObject, maxExecutions: number | undefined): ClaimPlan {
	const run = readRun(json);
	const plan = readPlan(json);
	return {
		owner: run.owner,
		runId: run.id,
		maxExecutions: Math.min(plan.maxExecutions, maxExecutions ?? plan.maxExecutions),
		quotas: plan.decisions.flatMap((decision) =>
			decision.due
				? [
						{
							workflowType: decision.workflowType,
							batchSize: decision.batchSize,
							maxExecutions: decision.maxExecutions,
						},
					]
				: [],
		),
		models: plan.models,
	};
}
