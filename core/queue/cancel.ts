import type { TaskState } from '../task/task';

/** States from which a task can be cancelled; the others are ends. */
export const CANCELLABLE_STATES = [
	'scheduled',
	'queued',
	'claimed',
	'running',
] as const satisfies readonly TaskState[];
export type CancellableState = (typeof CANCELLABLE_STATES)[number];

/** Which tasks: by id, or all that match. A filter names at least one of its fields. */
export type CancelSelection =
	| { taskIds: string[] }
	| {
			workflowType?: string;
			fairKey?: string;
			/** Default: every state from which a task can be cancelled. */
			states?: CancellableState[];
			/** At most 10,000, default 1,000: the lowest ids first; call again for the rest. */
			limit?: number;
	  };

export interface CancelOptions {
	/** Who wants it, for the log. */
	actor: string;
	reason: string;
	/** Only says what would happen. */
	dryRun?: boolean;
}

/** What happened to one task, and why not. */
export type CancelOutcome = CancelledOrNot & {
	/** How many tasks match the filter that chose it, limit aside: more than outcomes = call again. Left out beside `taskIds`. */
	matching?: number | undefined;
};

type CancelledOrNot =
	/** `cancelled` now, or `would_cancel` of a dry run. */
	| {
			taskId: string;
			outcome: 'cancelled' | 'would_cancel';
			was: CancellableState;
			/** What was working on it: its later callback changes nothing, its usage is still recorded. Null = nothing. */
			execution: CancelledExecution | null;
	  }
	/** It had ended as `was` before; nothing to do. */
	| { taskId: string; outcome: 'already_ended'; was: TaskState }
	| { taskId: string; outcome: 'unknown' }
	/** Other transactions had it during every try: ask again. */
	| { taskId: string; outcome: 'busy'; was: TaskState };

export interface CancelledExecution {
	executionId: string;
	epoch: number;
	/** Null until the work has begun: then there is no n8n execution to stop. */
	n8nExecutionId: string | null;
	/** True: this task was its last, the execution is cancelled and its slot free. False: it works on for others. */
	ended: boolean;
}
