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
