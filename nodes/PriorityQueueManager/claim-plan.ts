import type { ClaimPlan } from '../../core';
import type { readPlan, readRun } from '../shared/flow';

/** What a run may claim by its plan, and at most so many executions of it. */
export function claimPlanOf(
	run: ReturnType<typeof readRun>,
	plan: ReturnType<typeof readPlan>,
	maxExecutions = plan.maxExecutions,
): ClaimPlan {
	return {
		owner: run.owner,
		runId: run.id,
		maxExecutions: Math.min(plan.maxExecutions, maxExecutions),
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
