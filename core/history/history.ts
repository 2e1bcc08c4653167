import type { JsonObject } from '../contract';
import type { RunKind } from '../run/run';
import type { TaskOverview } from '../task/task';

export const ENDED_TASK_STATES = ['succeeded', 'dead', 'cancelled'] as const;
export const ENDED_EXECUTION_STATES = ['reported', 'expired', 'cancelled'] as const;
export const ENDED_RUN_STATES = ['COMPLETED', 'ERROR_RECOVERY'] as const;
export type EndedTaskState = (typeof ENDED_TASK_STATES)[number];
export type EndedExecutionState = (typeof ENDED_EXECUTION_STATES)[number];
export type EndedRunState = (typeof ENDED_RUN_STATES)[number];

/** Largest page. */
export const MAX_HISTORY_PAGE = 1000;

/** Half-open range of the end; what is left out matches everything. */
export interface HistoryFilter {
	from?: Date;
	to?: Date;
	/** `next` of the page before. */
	after?: string;
	/** 1 to 1000; default 50. */
	limit?: number;
}

/** Newest first. */
export interface HistoryPage<T> {
	entries: T[];
	/** For `after`; null = this was the last page. */
	next: string | null;
}

export interface TaskHistoryEntry extends TaskOverview {
	finishedAt: Date;
	/** Already moved out of the queue's tables. */
	archived: boolean;
}

export interface ExecutionHistoryEntry {
	executionId: string;
	workflowType: string;
	state: EndedExecutionState;
	epoch: number;
	taskIds: string[];
	runId: string | null;
	n8nExecutionId: string | null;
	durationMs: number | null;
	costUsd: number;
	error: JsonObject | null;
	createdAt: Date;
	finishedAt: Date;
	archived: boolean;
}

export interface RunHistoryEntry {
	runId: string;
	kind: RunKind;
	state: EndedRunState;
	/** Null: a wake-up, which takes no slot. */
	slotKey: string | null;
	owner: string;
	/** What was said along its way and at its end: of each type why something was started, or nothing (`queue`). */
	context: JsonObject;
	durationMs: number | null;
	costUsd: number;
	error: JsonObject | null;
	createdAt: Date;
	finishedAt: Date;
	archived: boolean;
}

interface TimelineMoment {
	at: Date;
	/** Since the event before; null for the first. */
	sinceMs: number | null;
	epoch: number | null;
	executionId: string | null;
}

export type TimelineEvent =
	| (TimelineMoment & {
			kind: 'transition';
			from: string | null;
			to: string;
			actor: string;
			context: JsonObject;
	  })
	| (TimelineMoment & {
			kind: 'failure';
			attempt: number | null;
			code: string;
			message: string;
			/** What was decided: retry, redeliver, dead_letter, end_run, none. */
			action: string;
			decidedBy: string;
			result: JsonObject;
	  });

/** The life of one task across its attempts. */
export interface TaskTimeline {
	taskId: string;
	workflowType: string;
	state: string;
	priority: number;
	attempts: number;
	idempotencyKey: string;
	createdAt: Date;
	finishedAt: Date | null;
	archived: boolean;
	costUsd: number;
	parentTaskId: string | null;
	parentExecutionId: string | null;
	children: { taskId: string; workflowType: string; state: string }[];
	/** In the order of the log. */
	events: TimelineEvent[];
}

/** What moved, and whether another call would find more. */
export interface ArchiveReport {
	tasks: number;
	executions: number;
	transitions: number;
	failures: number;
	more: boolean;
}

export interface PurgeReport {
	keys: number;
	receipts: number;
	more: boolean;
}
