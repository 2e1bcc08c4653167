import type { ModelRef } from '../contract';
import type { ClaimQuota } from '../queue/claim';

/** The decision about one type, always with its reason. */
export type TypeDecision =
	| ({ due: true; reason: string } & ClaimQuota)
	| { due: false; workflowType: string; reason: RefusalReason; earliestAt: Date | null };

export type RefusalReason =
	| 'paused'
	| 'no_endpoint'
	| 'no_eligible_task'
	| 'cadence'
	| 'type_concurrency'
	| 'global_concurrency';

/** `ready`: something may start. `throttled`: there is work, but a limit holds it. `idle`: there is no work. */
export interface RunPlan {
	verdict: 'ready' | 'throttled' | 'idle';
	maxExecutions: number;
	decisions: TypeDecision[];
	models: ModelRef[];
}
