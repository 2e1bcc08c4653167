import type { CallbackEnvelope, JsonObject, TaskError } from './contract';
import type { ArticleDraft, PublishAnswer } from './content/article';
import type { Finding } from './doctor';
import type {
	ArchiveReport,
	EndedExecutionState,
	EndedRunState,
	EndedTaskState,
	ExecutionHistoryEntry,
	HistoryFilter,
	HistoryPage,
	PurgeReport,
	RunHistoryEntry,
	TaskHistoryEntry,
	TaskTimeline,
} from './history';
import type { MutexAnswer, MutexRef, MutexReport, MutexRequest } from './mutex';
import type { CancelOptions, CancelOutcome, CancelSelection } from './queue/cancel';
import type { ClaimedExecution, ClaimPlan } from './queue/claim';
import type { Explanation } from './queue/explain';
import type { FairKeyOverview, PauseAnswer, QueueTarget } from './queue/gate';
import type { IdleReason } from './queue/idle';
import type { RegisteredType, TypeChange } from './queue/type';
import type { Snapshot } from './resources/snapshot';
import type { StaleReason } from './run/stale';
import type {
	Anomaly,
	AnomalyReport,
	HeartbeatSlot,
	HandledAnomaly,
	RecoveryReport,
	RunKind,
	Recoverable,
	RunStanding,
	RunStarted,
	RunState,
	SlotAnswer,
	Zombie,
	ZombieFilter,
} from './run/run';
import type {
	DeadLetterFilter,
	DeadLetterGroup,
	DeadLetterPage,
	DiscardAnswer,
	DiscardOptions,
	RedriveAnswer,
	RedriveOptions,
	TaskInspection,
} from './task/dead-letter';
import type { EnqueuedTask, NewTask, PeekedTask, TaskFault, TaskFilter, TaskOverview } from './task/task';

/** The one door to the core: everything that nodes and CLI may do. Made by `createOrchestrator`. */
export interface Orchestrator {
	readonly schema: SchemaPort;
	readonly queue: QueuePort;
	readonly types: TypePort;
	readonly deadLetters: DeadLetterPort;
	readonly executions: ExecutionPort;
	readonly runs: RunPort;
	readonly resources: ResourcePort;
	readonly models: ModelPort;
	readonly endpoints: EndpointPort;
	readonly content: ContentPort;
	readonly mutexes: MutexPort;
	readonly wakeUps: WakeUpPort;
	readonly history: HistoryPort;
	readonly doctor: DoctorPort;
	/** Gives this user's share of the process-wide pool back; the pool ends with its last user. */
	close(): Promise<void>;
}

export interface SchemaStatus {
	state: 'current' | 'missing' | 'outdated' | 'too_new' | 'drifted';
	/** Highest applied migration; 0 = none. */
	databaseVersion: number;
	codeVersion: number;
	pending: string[];
	/** Applied files whose content has changed since, and functions whose hash differs. */
	drift: string[];
	postgresVersion: string;
}

export interface SchemaPort {
	status(): Promise<SchemaStatus>;
	/**
	 * Applies what is pending in one transaction under a transaction-scoped advisory lock. Idempotent. `reapply`: every
	 * function and right anew, which undoes what was changed by hand.
	 */
	migrate(options?: {
		dryRun?: boolean;
		reapply?: boolean;
	}): Promise<{ applied: string[]; status: SchemaStatus }>;
}

export interface QueuePort {
	/** All or nothing; at most 10,000 tasks a call. Answers in the order of its input. */
	enqueue(tasks: NewTask[]): Promise<EnqueuedTask[]>;
	/**
	 * What `enqueue` would refuse of these tasks, the first 1,000 of them; empty = nothing. Takes nothing in: for a sender whose
	 * tasks are more than one call takes, and who wants all of them or none.
	 */
	faults(tasks: NewTask[]): Promise<TaskFault[]>;
	/** S7: takes what the plan allows and what is really free; empty is a normal answer. */
	claim(plan: ClaimPlan): Promise<ClaimedExecution[]>;
	/** Lowest id first. */
	list(filter?: TaskFilter): Promise<TaskOverview[]>;
	/** Queued tasks in the order in which a claim takes them, gates aside; at most 100, default 10. Takes nothing. */
	peek(filter?: { workflowType?: string; fairKey?: string; limit?: number }): Promise<PeekedTask[]>;
	/** Everything that is known of one task: input, every error, every change of state; archived ones too. Null: there is none. */
	inspect(taskId: string): Promise<TaskInspection | null>;
	/** What holds this task, and when it can start at the earliest; archived ones have ended. Null: there is no such task. */
	explain(taskId: string): Promise<Explanation | null>;
	/** Why a claim with this plan takes nothing, one reason a type. Without a plan: which gates would hold back a claim of everything. */
	whyIdle(plan?: Pick<ClaimPlan, 'maxExecutions' | 'quotas'>): Promise<IdleReason[]>;
	/** Ends tasks for good, whatever works on them; answers in the order of the ids. */
	cancel(selection: CancelSelection, options: CancelOptions): Promise<CancelOutcome[]>;
	/** Nothing of it is claimed after this answer; what runs goes on. Pausing a type holds all of its keys. */
	pause(target: QueueTarget, options: { actor: string; reason: string }): Promise<PauseAnswer>;
	resume(target: QueueTarget, options: { actor: string }): Promise<PauseAnswer>;
	/** 1 to 1,000. Of a type: also of those of its keys that still have the type's weight. Answers how many keys changed. */
	setWeight(target: QueueTarget, weight: number, options: { actor: string }): Promise<number>;
	/** Fair keys with depth, weight and pause; at most 1,000. */
	keys(filter?: { workflowType?: string; paused?: boolean }): Promise<FairKeyOverview[]>;
}

/** Workflow types and what is configured of each. */
export interface TypePort {
	/** By name; never empty after the first migration. */
	list(): Promise<RegisteredType[]>;
	/**
	 * Changes what is given, leaves the rest. `create`: registers the type when there is none; without it an unknown type is an
	 * error. Holds for what is decided after this answer; a limit of waiting for tasks that are enqueued after it, and days of dead
	 * letters for those that die after it.
	 */
	set(
		workflowType: string,
		change: TypeChange,
		options: { actor: string; create?: boolean },
	): Promise<RegisteredType>;
}

/** Tasks that died, until their letters are purged (30 days by default, `workflow_types.dead_letter_days`). */
export interface DeadLetterPort {
	/** At most 1,000 a page, default 100. */
	list(filter?: DeadLetterFilter, page?: { after?: string; limit?: number }): Promise<DeadLetterPage>;
	/** Groups of one cause, the biggest first; at most 100. */
	analyze(filter?: DeadLetterFilter): Promise<DeadLetterGroup[]>;
	/** Back into the queue with attempts 0 and the epoch kept: a callback of an earlier life changes nothing. */
	redrive(filter: DeadLetterFilter, options: RedriveOptions): Promise<RedriveAnswer>;
	/** Gives them up: they stay dead and leave the list of open letters. */
	discard(filter: DeadLetterFilter, options: DiscardOptions): Promise<DiscardAnswer>;
}

export type AcceptOutcome = 'accepted' | 'duplicate' | 'stale';
export type SettleOutcome = 'applied' | 'duplicate' | 'stale';

export interface ExecutionRef {
	executionId: string;
	epoch: number;
}

/**
 * `n8nInstance` in these ports is n8n's instance id, the same in all processes of one n8n: execution ids are unique only
 * inside one n8n, and several may share a database. Left out = not known.
 */
export interface ExecutionPort {
	/** S9: compare-and-set before the 202. `webhookId` is remembered with the answer. */
	accept(ref: ExecutionRef, webhookId: string): Promise<AcceptOutcome>;
	/** After `stale`, or after a null of `start` and `renew`. Null: it is in force, another n8n execution may work on it. */
	whyStale(ref: ExecutionRef): Promise<StaleReason | null>;
	/** Pre-flight, just before the work: null = the lease or the epoch is gone, do nothing. */
	start(
		ref: ExecutionRef,
		n8nExecutionId: string,
		n8nInstance?: string,
	): Promise<{ leaseUntil: Date; deadlineAt: Date } | null>;
	/** Extends the work lease, never past the deadline: null = the execution was taken away. */
	renew(ref: ExecutionRef): Promise<{ leaseUntil: Date } | null>;
	/** One transaction: receipt, usage, task outcomes, slot, run. Duplicates and stale reports change no state. */
	settle(
		callback: CallbackEnvelope,
		webhookId: string,
	): Promise<{ outcome: SettleOutcome; settledTasks: string[] }>;
	/**
	 * S3: the endpoint definitely refused; slot freed, tasks due again after 1, 2, 4 min (not before `retryAt`, the
	 * endpoint's Retry-After), then a failure. False: it was accepted, settled or taken away meanwhile.
	 */
	refuse(ref: ExecutionRef, error: TaskError, options?: { retryAt?: Date | null }): Promise<boolean>;
	/** The execution ended without reporting these tasks: they fail now instead of at lease expiry. */
	abandon(ref: ExecutionRef, error: TaskError): Promise<number>;
	/**
	 * Same, found by the n8n execution that carried it (error workflow). 0 = none of ours. Another n8n's execution of the same
	 * id is left alone; one whose n8n is not known is found by any, and without `n8nInstance` only such a one.
	 */
	abandonByN8nExecution(n8nExecutionId: string, error: TaskError, n8nInstance?: string): Promise<number>;
}

export interface RunPort {
	/** S13. `interval` and `lease` in seconds; defaults 300 and 60. */
	takeSlot(request: {
		owner: string;
		intervalSeconds?: number;
		leaseSeconds?: number;
		localTime: Date;
	}): Promise<SlotAnswer>;
	/** A manual run gets a slot key of its own and never competes with the heartbeat's. */
	begin(request: {
		kind: RunKind;
		owner: string;
		slot?: HeartbeatSlot;
		/** Lets `failByN8nExecution` find the run. */
		n8nExecutionId?: string;
		n8nInstance?: string;
		context?: JsonObject;
	}): Promise<RunStarted>;
	/** False: it was there already, or it ended otherwise (its slot was lost); `state` says. */
	transition(runId: string, to: RunState, context?: JsonObject): Promise<boolean>;
	/** Null: there is no such run. */
	state(runId: string): Promise<RunStanding | null>;
	/** Metrics, COMPLETED and the slot's completion in one transaction. False: it had ended before, or its slot was lost. */
	complete(runId: string, context?: JsonObject): Promise<boolean>;
	/** ERROR_RECOVERY with the error recorded; callbacks and leases still proceed. */
	fail(runId: string, error: TaskError): Promise<boolean>;
	/** Finds as `abandonByN8nExecution` does. */
	failByN8nExecution(n8nExecutionId: string, error: TaskError, n8nInstance?: string): Promise<boolean>;
	/** Expired leases to requeue or dead, due tasks to queued, runs whose slot lease ran out to ERROR_RECOVERY. */
	recover(request?: { limit?: number }): Promise<RecoveryReport>;
	/** What `recover` would find to do now, read only. */
	recoverable(): Promise<Recoverable>;
	/** What is open, and what was seen in the last so many seconds and is over, with what came of its repair. */
	openAnomalies(request?: { withinSeconds?: number; limit?: number }): Promise<HandledAnomaly[]>;
	/** What is wrong now, read only; empty is the normal case. `deep` also looks through every task. */
	findAnomalies(request?: { deep?: boolean; limit?: number }): Promise<Anomaly[]>;
	/** Finds, repairs and records; part of every `recover`, but for the deep look. */
	handleAnomalies(request?: { deep?: boolean; limit?: number }): Promise<AnomalyReport>;
	/** Newest first, for a day each. */
	zombies(request?: ZombieFilter): Promise<Zombie[]>;
	/** n8n was asked to stop it; `ended`: it does not run any more. False: it is no zombie (any more). */
	noteZombie(executionId: string, ended: boolean): Promise<boolean>;
}

export interface ResourcePort {
	snapshot(): Promise<Snapshot>;
}

/** Language models as registered: base address, limit, price in USD per million tokens. */
export interface RegisteredModel {
	provider: 'openai' | 'gemini';
	model: string;
	baseUrl: string;
	requestsPerMinute: number;
	inputUsdPerMtok: number | null;
	outputUsdPerMtok: number | null;
	enabled: boolean;
}

export interface ModelPort {
	list(): Promise<RegisteredModel[]>;
	/** Changes what is given, leaves the rest. One model per provider. */
	set(change: {
		provider: 'openai' | 'gemini';
		baseUrl?: string;
		model?: string;
		requestsPerMinute?: number;
		inputUsdPerMtok?: number;
		outputUsdPerMtok?: number;
		enabled?: boolean;
		/** Who changes it, for the audit log. */
		actor?: string;
	}): Promise<RegisteredModel>;
}

/** An address announces itself when its workflow is published. */
export interface EndpointPort {
	register(endpoint: {
		deployment: string;
		kind: 'task' | 'callback';
		/** Null for callbacks. */
		workflowType: string | null;
		url: string;
		/** Test URLs are kept apart: listening for a test event never changes a production address. */
		test: boolean;
	}): Promise<void>;
	unregister(endpoint: {
		deployment: string;
		kind: 'task' | 'callback';
		workflowType: string | null;
		url: string;
		test: boolean;
	}): Promise<void>;
	/** Null: nobody is listening. */
	find(query: {
		deployment: string;
		kind: 'task' | 'callback';
		workflowType: string | null;
		test: boolean;
	}): Promise<string | null>;
	/** 410 from an endpoint: no more dispatches until it registers again. */
	disable(url: string, reason: string): Promise<void>;
}

export interface ContentPort {
	/** S10: applied once per idempotency key, only while the execution's epoch is in force. */
	publish(
		ref: ExecutionRef & { taskId: string; idempotencyKey: string },
		article: ArticleDraft,
	): Promise<PublishAnswer>;
}

export interface WakeUpPort {
	/** Calls `onHint` for every NOTIFY and after each reconnect; failures are logged, never thrown. */
	listen(onHint: () => void): Promise<{ close(): Promise<void> }>;
	/**
	 * Whether a hint would arrive over this connection. False: a transaction pooler stands between, only the poll wakes.
	 * Null: no connection was free to try.
	 */
	hears(): Promise<boolean | null>;
	/** Milliseconds until the next thing falls due, 0 = now; null = nothing is planned. */
	msUntilNextDue(): Promise<number | null>;
}

/** Named locks. Losing one is an answer (null), never an error. All durations in ms. */
export interface MutexPort {
	/** Once; waiting is the caller's loop. With `onBusy: 'wait'` each call keeps the workflow's one place in the line. */
	acquire(request: MutexRequest): Promise<MutexAnswer>;
	/** Renews what this execution holds without counting it again; else acquires. */
	ensure(request: MutexRequest): Promise<MutexAnswer>;
	/** Null: lost, or a later acquire of this execution renews it. */
	renew(lock: string, ref: MutexRef, leaseMs: number): Promise<Date | null>;
	/** Holds without renewal until then, for an execution that waits. Null: lost before. */
	park(lock: string, ref: MutexRef, until: Date): Promise<Date | null>;
	/** Nobody joins or renews it any more; opens at the answer. 0 = at once. Null: it was not held. */
	drain(lock: string, ref: MutexRef, graceMs: number): Promise<Date | null>;
	/** Acquires that remain, 0 = given back; null = not held (lost, or a second call). `all`: whatever the count. */
	release(lock: string, ref: MutexRef, options?: { all?: boolean }): Promise<number | null>;
	/** By hand, for a stuck or draining lock: number of holders removed. Without a token: all. */
	forceRelease(lock: string, fencingToken?: number | null): Promise<number>;
	/** A wait that ends without the lock: how long it was; null = nobody waited. */
	stopWaiting(lock: string, ref: MutexRef): Promise<number | null>;
	/** Empty = nobody ever asked for this lock; without a name, every lock that is held or waited for. */
	inspect(lock?: string | null): Promise<MutexReport[]>;
	/** Removes what ran out and old statistics; the recovery of every heartbeat does it too. Answers the holds removed. */
	clean(limit?: number): Promise<number>;
}

/** What has ended, in the queue's tables and in the archive alike. */
export interface HistoryPort {
	tasks(
		filter?: HistoryFilter & { states?: EndedTaskState[]; types?: string[] },
	): Promise<HistoryPage<TaskHistoryEntry>>;
	executions(
		filter?: HistoryFilter & { states?: EndedExecutionState[]; types?: string[] },
	): Promise<HistoryPage<ExecutionHistoryEntry>>;
	runs(
		filter?: HistoryFilter & { states?: EndedRunState[]; kinds?: RunKind[] },
	): Promise<HistoryPage<RunHistoryEntry>>;
	/** Every change and failure of a task, also of one that lives. Null: there is no such task. */
	timeline(taskId: string): Promise<TaskTimeline | null>;
	/** S18: one bite of at most 1,000 rows. Defaults: 1,000 rows, ended 30 days ago. */
	archive(request?: { limit?: number; olderThanDays?: number }): Promise<ArchiveReport>;
	/** Counts what `archive` would look at; whole trees that live on among it. */
	archivable(request?: {
		olderThanDays?: number;
	}): Promise<{ tasks: number; executions: number; runs: number }>;
	/** Forgets idempotency keys and receipts of tasks archived long ago, at most 1,000 tasks a call. Default: 90 days. */
	purge(request?: { limit?: number; keepDays?: number }): Promise<PurgeReport>;
}

/** Looks at the database from outside, and says what an operator should know. */
export interface DoctorPort {
	/**
	 * Every check with its finding, good ones too; changes nothing. `localTime`: this process's clock.
	 * `hostDatabaseUrl`: n8n's own database, whose time zone is compared.
	 */
	examine(request: { localTime: () => Date; hostDatabaseUrl?: string }): Promise<Finding[]>;
}
