import type { Pause } from './gate';

/** What a claim would see now, read without a lock: the ground of its model, of Explain and of `whyIdle`. */
export interface ClaimSnapshot {
	at: Date;
	/** Execution slots under the global cap. */
	slots: { total: number; free: number };
	/** Every registered type. */
	types: TypeGates[];
	/** Every fair key that has a task which is due or an execution, or is paused. */
	keys: KeyGates[];
}

export interface TypeGates {
	workflowType: string;
	pause: Pause | null;
	/** False until the sub-workflow was published and announced its address. */
	hasEndpoint: boolean;
	/** Null: no shortest time between two starts. */
	cadenceSeconds: number | null;
	/** From when the cadence allows the next start; null = now. */
	cadenceOpensAt: Date | null;
	running: number;
	maxConcurrent: number;
	batchSize: number;
	batchMax: number;
	/** When the next of its waiting tasks falls due; null = none waits for its time. */
	nextDueAt: Date | null;
}

export interface KeyGates {
	fairKey: string;
	workflowType: string;
	weight: number;
	pause: Pause | null;
	/** Executions that this key leads now. */
	running: number;
	/** Of each priority the first ones in line, as many as one claim can take. */
	line: DueTask[];
}

/** A task that is queued, or due and promoted by the next claim. */
export interface DueTask {
	taskId: string;
	priority: number;
	eligibleAt: Date;
	/** Its deadline for waiting has passed: no claim takes it, the next recovery buries it. */
	expired: boolean;
}
