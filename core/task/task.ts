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

/** Largest context, as JSON text: it is copied into the log of transitions. */
export const MAX_CONTEXT_BYTES = 32 * 1024;

/** The number of a task, as text: bigint outgrows what JavaScript counts exactly. */
export const TASK_ID = /^\d{1,18}$/;

/** A unit of work to be queued. */
export interface NewTask {
	workflowType: string;
	input: JsonObject;
	/** 1 (low) to 10 (urgent); default 5. */
	priority?: number;
	/** Same key and type = same task, until at least 90 days after its end (31 if somebody purges by hand); default: a random key. */
	idempotencyKey?: string;
	/** Earliest start; default now. */
	notBefore?: Date;
	/** Free labels that travel with the task's history (not with the envelope). */
	context?: JsonObject;
	parentExecutionId?: string;
	parentTaskId?: string;
	/** Deadline of waiting: a task that was not claimed until then dies. Default: the type's queue limit, else none. */
	expiresAt?: Date;
	/** Numbers of this task in place of its type's. */
	overrides?: TaskOverrides;
	/** Tasks that are enqueued when this one ends (S22). */
	successors?: Successor[];
	/** Folds sends with one key that follow each other quickly into one task; not together with an idempotency key or `notBefore`. */
	debounce?: Debounce;
}

/** Retry and time limits of one task; what is left out comes from its type. */
export interface TaskOverrides {
	maxAttempts?: number;
	/** Longest duration of the work; of a batch, the longest of its tasks counts, the type's for those without their own. */
	limitSeconds?: number;
	backoffBaseSeconds?: number;
	backoffCeilingSeconds?: number;
	backoffJitterSeconds?: number;
	/** Deliveries repeated after a definite refusal before it counts as a failure. */
	deliveryRetries?: number;
}

/** Of all sends that follow each other within `seconds`, one task runs. */
export interface Debounce {
	key: string;
	seconds: number;
	/** Longest time from the first send to the start; default 10 times `seconds`. */
	maxSeconds?: number;
	/** Whose input runs; default `last`. */
	keep?: 'first' | 'last';
}

/** A task that follows another. Paths are SQL/JSON paths into {task, input, result, error} of the task that ended. */
export interface Successor {
	workflowType: string;
	/** Which end calls for it; default `succeeded`, `ended` = either. */
	when?: 'succeeded' | 'dead' | 'ended';
	/** Only if this path yields true, e.g. `$.result.score > 70`. */
	condition?: string;
	/** Fixed fields of its input. */
	input?: JsonObject;
	/** Fields taken from the task that ended, e.g. {"topic": "$.result.title"}; they win over `input`. */
	map?: Record<string, string>;
	/** Default: that of the task that ended. */
	priority?: number;
	/** Earliest start, from the end of the task before it; default 0. */
	delaySeconds?: number;
	successors?: Successor[];
}

export interface EnqueuedTask {
	taskId: string;
	idempotencyKey: string;
	/** False: a task with this key existed and was left as it is, or a debounced one that still waits took it in. */
	created: boolean;
	/** The state of that other task: a dead or cancelled one does not run. Null: this one is new, or that one left the archive too. */
	existingState: TaskState | null;
}

/** Why one of many new tasks would be refused. */
export interface TaskFault {
	/** Its place among them, from 1. */
	position: number;
	fault: string;
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
	fairKey: string;
	idempotencyKey: string;
	/** Since when it counts as waiting: its age in the score (S5). */
	eligibleAt: Date;
	/** When it falls due; null = it does not wait for a time. */
	notBefore: Date | null;
	/** Deadline of waiting; null = none. */
	expiresAt: Date | null;
	/** What works on it now. */
	executionId: string | null;
	parentTaskId: string | null;
	parentExecutionId: string | null;
	/** Later sends that this debounced task stands for. */
	coalesced: number;
}

/** Which tasks a list shows; what is left out matches everything. */
export interface TaskFilter {
	states?: TaskState[];
	workflowType?: string;
	fairKey?: string;
	parentTaskId?: string;
	parentExecutionId?: string;
	/** Only higher ids: the last id of the page before. */
	afterTaskId?: string;
	/** At most 10,000; default 1,000. */
	limit?: number;
}

/** A task in the line, with the score that decides its place now. */
export interface PeekedTask extends TaskOverview {
	score: number;
}
