import type { JsonObject } from '../contract';

/** Requirement 3.1. A run ends COMPLETED or ERROR_RECOVERY; the next begins IDLE. */
export const RUN_STATES = [
	'IDLE',
	'ANALYZING',
	'DISPATCHING',
	'MONITORING',
	'COMPLETED',
	'ERROR_RECOVERY',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export type RunKind = 'heartbeat' | 'wake_up' | 'manual';

/** The heartbeat's slot as its winner holds it (S13). */
export interface HeartbeatSlot {
	slotKey: string;
	slotAt: Date;
	epoch: number;
	leaseUntil: Date;
	/** Database time minus slot boundary. */
	deviationMs: number;
	/** This process's time minus database time; above 1,000 either way a warning is due. */
	clockSkewMs: number;
}

export type SlotAnswer =
	| { won: true; slot: HeartbeatSlot }
	| { won: false; slotKey: string; slotAt: Date; reason: 'held_by_other' | 'already_finished' };

export interface RunStarted {
	runId: string;
	kind: RunKind;
	state: RunState;
}

/** Where a run is. `reason`: the message of the error that ended it. */
export interface RunStanding {
	state: RunState;
	reason: string | null;
}

/** What a recovery pass did with leases that had run out. */
export interface RecoveryReport {
	expiredExecutions: number;
	requeuedTasks: number;
	deadTasks: number;
	promotedTasks: number;
	abandonedRuns: number;
	anomalies: AnomalyReport;
	/** Dead letters past their time. */
	purgedDeadLetters: number;
}

/** What a recovery pass would find to do now. */
export interface Recoverable {
	/** Dispatches whose lease ran out. */
	expiredExecutions: number;
	stuckRuns: number;
	/** Past their deadline for waiting. */
	overdueTasks: number;
	/** Delays and retries whose time has come, in nobody's hands yet. */
	dueTasks: number;
	/** Dead letters past their time. */
	oldDeadLetters: number;
}

/** An anomaly that was found, with what came of its repair. */
export interface HandledAnomaly {
	kind: string;
	entity: string;
	entityId: string;
	procedure: string;
	/** `repaired`, and what else the procedure said. */
	result: JsonObject;
	over: boolean;
	exitCriterion: string;
}

/** What should never be found, and what was done about it (S22). All zero is the normal case. */
export interface AnomalyReport {
	found: number;
	repaired: number;
	/** Not found any more. */
	resolved: number;
	open: number;
}

export interface Anomaly {
	kind: string;
	/** task, execution, run, slot, heartbeat, receipt or clock. */
	entity: string;
	entityId: string;
	detail: JsonObject;
	/** SQL function or command that repairs it. */
	procedure: string;
	action: string;
	exitCriterion: string;
}

/** An execution that was taken away after it had started and is not known to have ended in n8n (S10). */
export interface Zombie {
	executionId: string;
	epoch: number;
	workflowType: string;
	/** n8n's instance id; null = not known. */
	n8nInstance: string | null;
	n8nExecutionId: string;
	takenAwayAt: Date;
	stopAskedAt: Date | null;
}

export interface ZombieFilter {
	/** Those that this n8n may be asked about: its own, and those of an unknown one. Null = only the latter; left out = all. */
	n8nInstance?: string | null;
	limit?: number;
}
