import type { DispatchItem, ModelRef } from '../contract';

/** How much of one type a claim may take. */
export interface ClaimQuota {
	workflowType: string;
	/** Tasks per execution, 1–10. */
	batchSize: number;
	/** Executions of this type in this claim. */
	maxExecutions: number;
}

/** The policy of one claim (S7). The database re-checks every cap under lock. */
export interface ClaimPlan {
	/** Who claims, for the log: instance and n8n execution. */
	owner: string;
	/** The orchestrator run that becomes the parent; null outside a run. */
	runId: string | null;
	maxExecutions: number;
	quotas: ClaimQuota[];
	/** Given to executions in turn; empty = executions carry no model. */
	models: ModelRef[];
}

/** One execution that was really won: it holds a slot and a dispatch lease. */
export interface ClaimedExecution {
	executionId: string;
	epoch: number;
	workflowType: string;
	priority: number;
	parentExecutionId: string | null;
	/** Until then the dispatch must be acknowledged. */
	leaseUntil: Date;
	limitSeconds: number;
	endpointUrl: string;
	callbackUrl: string;
	model: ModelRef | null;
	items: DispatchItem[];
}

/** What a claim plan needs from a run plan: quotas of the due types. */
export interface PlannedClaim {
	maxExecutions: number;
	decisions: readonly (({ due: true; reason: string } & ClaimQuota) | { due: false })[];
	models: ModelRef[];
}

/** Turns the plan of a run into the policy of one claim. */
export function claimPlanOf(
	plan: PlannedClaim,
	claimer: { owner: string; runId: string | null; maxExecutions?: number },
): ClaimPlan {
	const quotas: ClaimQuota[] = [];
	for (const decision of plan.decisions) {
		if (!decision.due) continue;
		const { workflowType, batchSize, maxExecutions } = decision;
		quotas.push({ workflowType, batchSize, maxExecutions });
	}
	const maxExecutions = Math.min(plan.maxExecutions, claimer.maxExecutions ?? plan.maxExecutions);
	return { owner: claimer.owner, runId: claimer.runId, maxExecutions, quotas, models: plan.models };
}
