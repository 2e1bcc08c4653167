import type { ModelRef } from '../contract';

/** `batch`: throughput before the single task: executions as big as their type allows, in every free slot. */
export type QueueMode = 'normal' | 'batch';

/** What a run looks at before it plans. Possibly stale by the time it is used (DESIGN §3). */
export interface Snapshot {
	at: Date;
	/** Execution slots under the global concurrency cap. */
	slots: { total: number; free: number };
	queue: {
		scheduled: number;
		queued: number;
		claimed: number;
		running: number;
		/** What the last completed run planned in; `normal` when none said. */
		mode: QueueMode;
	};
	types: TypeSnapshot[];
	models: ModelSnapshot[];
	connections: { used: number; limit: number };
}

export interface TypeSnapshot {
	workflowType: string;
	paused: boolean;
	/** Tasks that could be claimed now. */
	eligible: number;
	/** Whether queued tasks wait under paused keys. */
	heldByPausedKeys: boolean;
	/** When the next of its waiting tasks falls due, seen among the next 1,000 of all types; null = none of these. */
	nextDueAt: Date | null;
	topPriority: number | null;
	oldestEligibleAt: Date | null;
	running: number;
	maxConcurrent: number;
	batchSize: number;
	batchMax: number;
	/** How long one execution may work. */
	limitSeconds: number;
	recent: RecentWork;
	/** Shortest time between two starts of this type; null = as soon as there is work. */
	cadenceSeconds: number | null;
	lastClaimedAt: Date | null;
	/** False until the sub-workflow was published and announced its address. */
	hasEndpoint: boolean;
}

/** How the last executions of a type went, at most 20; zeros and null while none has ended. */
export interface RecentWork {
	tasks: number;
	/** Those that failed in these executions, expiries among them. */
	failed: number;
	/** Median of the reported executions: time from start to report, by its number of tasks. */
	msPerTask: number | null;
}

export interface ModelSnapshot extends ModelRef {
	requestsPerMinute: number;
	/** Finished requests in the last 60 s plus an estimate for executions in flight. */
	requestsLastMinute: number;
}
