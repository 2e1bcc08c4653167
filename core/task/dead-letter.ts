import type { JsonObject } from '../contract';
import type { TaskOverview } from './task';

/** Fields that are left out match everything. */
export interface DeadLetterFilter {
	workflowTypes?: string[];
	fairKeys?: string[];
	/** Groups of `analyze`. */
	causes?: string[];
	taskIds?: string[];
	/** Half-open: died at `diedAfter` or later, before `diedBefore`. */
	diedAfter?: Date;
	diedBefore?: Date;
	/** Default `open`: neither redriven since it died nor discarded. */
	status?: DeadLetterStatus | 'all';
}

/** `redriven`: put back and not dead again; `discarded`: given up by a person. */
export type DeadLetterStatus = 'open' | 'redriven' | 'discarded';

export interface DeadLetter {
	taskId: string;
	workflowType: string;
	fairKey: string;
	status: DeadLetterStatus;
	/** The same for every error that differs only in numbers, ids, addresses and times. */
	cause: string;
	code: string;
	/** The last error's own words. */
	message: string;
	/** Why it died then, e.g. “5 of 5 attempts failed”. */
	reason: string;
	/** Errors recorded in its whole life. */
	failures: number;
	diedAt: Date;
	/** Then the letter is purged; the task stays in the history, but cannot be redriven any more. */
	expiresAt: Date;
	/** How often it was put back so far. */
	redrives: number;
	redrivenAt: Date | null;
	redrivenBy: string | null;
	discardedAt: Date | null;
	discardedBy: string | null;
}

export interface DeadLetterPage {
	/** The latest death first. */
	letters: DeadLetter[];
	/** Pass as `after` for the next page; null = this was the last. */
	next: string | null;
}

/** Dead letters of one cause. */
export interface DeadLetterGroup {
	cause: string;
	code: string;
	count: number;
	/** How many of each type. */
	workflowTypes: Record<string, number>;
	firstDiedAt: Date;
	lastDiedAt: Date;
	/** The latest of them. */
	sample: { taskId: string; message: string };
}

/** One recorded error of a task (S22). */
export interface TaskFailure {
	at: Date;
	/** From 1; counted anew after a redrive. */
	attempt: number | null;
	epoch: number | null;
	executionId: string | null;
	code: string;
	message: string;
	/** As reported: message, code, stack, node. */
	error: JsonObject;
	/** The input it had then. */
	input: JsonObject | null;
	/** What was going on at the time: slots, running and queued tasks, connections. */
	systemState: JsonObject;
	recoveryAction: 'retry' | 'redeliver' | 'dead_letter' | 'end_run' | 'none';
	decidedBy: string;
	result: JsonObject;
}

export interface TaskTransition {
	seq: string;
	at: Date;
	/** Null: it was made. */
	from: string | null;
	to: string;
	epoch: number;
	actor: string;
	executionId: string | null;
	context: JsonObject;
}

/** Everything that is known of one task, in the queue or in the archive. */
export interface TaskInspection {
	task: TaskOverview;
	archived: boolean;
	context: JsonObject;
	/** Null: it never died, or its letter was purged. */
	deadLetter: DeadLetter | null;
	/** Oldest first, the last 200. */
	failures: TaskFailure[];
	/** Oldest first, the last 500. */
	transitions: TaskTransition[];
	/** Tasks that name this one as their parent, at most 100. */
	children: Array<{ taskId: string; workflowType: string; state: string }>;
}

export interface RedriveOptions {
	/** Who wants it, for the log. */
	actor: string;
	/** Spreads the starts: the first is due at once, each further one 60 / rate seconds later. Default: all at once. */
	ratePerMinute?: number;
	/** At most 10,000, default 1,000: of many that match, the latest deaths. */
	limit?: number;
	/** Only counts. */
	dryRun?: boolean;
}

export interface RedriveAnswer {
	/** Open letters that match, `limit` aside. */
	matching: number;
	/** In the order of their due times; of a dry run, those that it would take. */
	taskIds: string[];
	/** When the last one is due; null = none. */
	lastDueAt: Date | null;
}

export interface DiscardOptions {
	actor: string;
	limit?: number;
	dryRun?: boolean;
}

export interface DiscardAnswer {
	matching: number;
	taskIds: string[];
}
