import type { JsonObject } from '../contract';

/** S2. Terminal: succeeded, dead, cancelled. `failed` is passed through on the way to scheduled or dead. */
export const TASK_STATES = [
	'scheduled',
	'queued',
	'claimed',
	'running',
	'succeeded',
	'failed',
	'dead',
	'cancelled',
] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** Largest task input, as JSON text. A claim of 10 stays under 3 MB; bigger data belongs in a store, by reference. */
export const MAX_INPUT_BYTES = 256 * 1024;

/** A unit of work to be queued. */
export interface NewTask {
	workflowType: string;
	input: JsonObject;
	/** 1 (low) to 10 (urgent); default 5. */
	priority?: number;
	/** Same key and type = same task, for ever; default: a random key. */
	idempotencyKey?: string;
	/** Earliest start; default now. */
	notBefore?: Date;
	/** Free labels that travel with the task's history (not with the envelope). */
	context?: JsonObject;
	parentExecutionId?: string;
}

export interface EnqueuedTask {
	taskId: string;
	idempotencyKey: string;
	/** False: a task with this key already existed and was left as it is. */
	created: boolean;
}

/** One line of the operator's table. Durations are null until they are known. */
export interface TaskOverview {
	taskId: string;
	workflowType: string;
	state: TaskState;
	priority: number;
	/** Failures so far plus the present attempt. */
	attempts: number;
	input: JsonObject;
	/** From enqueue to first claim. */
	waitMs: number | null;
	/** From last claim to end. */
	durationMs: number | null;
	costUsd: number;
	result: JsonObject | null;
	error: JsonObject | null;
	createdAt: Date;
	finishedAt: Date | null;
}
