import type {
	ArticleDraft,
	Clock,
	DeadLetter,
	ExecutionState,
	JsonObject,
	Pause,
	QueueMode,
	RegisteredModel,
	RunKind,
	RunState,
	Successor,
	TaskFailure,
	TaskOverrides,
	TaskState,
	TaskTransition,
} from '../../../core';
import { type FakeLock, TokenCounter } from './mutex-lock';

export interface FakeTask {
	id: number;
	workflowType: string;
	fairKey: string;
	idempotencyKey: string;
	state: TaskState;
	priority: number;
	input: JsonObject;
	context: JsonObject;
	overrides: TaskOverrides;
	successors: Successor[];
	/** Failures so far. */
	attempts: number;
	/** Definite refusals of the present delivery series. */
	deliveryFailures: number;
	epoch: number;
	notBefore: Date | null;
	eligibleAt: Date;
	expiresAt: Date | null;
	createdAt: Date;
	firstClaimedAt: Date | null;
	lastClaimedAt: Date | null;
	finishedAt: Date | null;
	executionId: string | null;
	parentTaskId: string | null;
	parentExecutionId: string | null;
	result: JsonObject | null;
	error: JsonObject | null;
	costUsd: number;
	/** While it gathers sends; its start is never later than `until`. */
	debounce: { key: string; until: Date } | null;
	coalesced: number;
	archived: boolean;
}

export interface FakeExecution {
	executionId: string;
	epoch: number;
	runId: string | null;
	workflowType: string;
	/** The key that leads it. */
	fairKey: string;
	state: ExecutionState;
	/** Null once it has ended. */
	leaseUntil: Date | null;
	/** From the acknowledgement on. */
	deadlineAt: Date | null;
	limitSeconds: number;
	taskIds: number[];
	n8nExecutionId: string | null;
	/** Null: not known. */
	n8nInstance: string | null;
	startedAt: Date | null;
	n8nEndedAt: Date | null;
	stopAskedAt: Date | null;
	error: JsonObject | null;
	costUsd: number;
	/** Of the model that it was given; null = none. */
	provider: string | null;
	createdAt: Date;
	finishedAt: Date | null;
	archived: boolean;
}

export interface FakeRun {
	runId: string;
	kind: RunKind;
	state: RunState;
	owner: string;
	/** Null: a wake-up. */
	slotKey: string | null;
	slotEpoch: number;
	leaseUntil: Date | null;
	n8nExecutionId: string | null;
	context: JsonObject;
	/** Null: not known. */
	n8nInstance: string | null;
	error: JsonObject | null;
	createdAt: Date;
	finishedAt: Date | null;
	archived: boolean;
}

export interface FakeHeartbeat {
	slotKey: string;
	owner: string;
	epoch: number;
	leaseUntil: Date;
	finishedAt: Date | null;
	runId: string | null;
}

/** What an operator configures of a type; the defaults are those of `orchestrator.workflow_types`. */
export interface FakeType {
	workflowType: string;
	title: string;
	weight: number;
	pause: Pause | null;
	maxConcurrent: number;
	batchSize: number;
	batchMax: number;
	cadenceSeconds: number | null;
	maxAttempts: number;
	limitSeconds: number;
	queueLimitSeconds: number | null;
	dispatchLeaseSeconds: number;
	workLeaseSeconds: number;
	backoffBaseSeconds: number;
	backoffCeilingSeconds: number;
	backoffJitterSeconds: number;
	deliveryBackoffSeconds: number;
	deliveryRetries: number;
	deadLetterDays: number;
}

export interface FakeKey {
	fairKey: string;
	workflowType: string;
	weight: number;
	pause: Pause | null;
}

export interface FakeEndpoint {
	deployment: string;
	kind: 'task' | 'callback';
	workflowType: string | null;
	url: string;
	test: boolean;
	disabled: boolean;
}

/** Everything that the ports of one fake orchestrator share: what the database is to the real one. */
export class World {
	readonly types = new Map<string, FakeType>();
	readonly keys = new Map<string, FakeKey>();
	readonly tasks = new Map<number, FakeTask>();
	readonly executions = new Map<string, FakeExecution>();
	readonly runs = new Map<string, FakeRun>();
	readonly heartbeats = new Map<string, FakeHeartbeat>();
	/** By type and key, see `keyOf`. */
	readonly idempotencyKeys = new Map<string, number>();
	/** Webhook ids of callbacks, with the execution of each. */
	readonly receipts = new Map<string, string>();
	/** What was published, by type and key. */
	readonly articles = new Map<string, ArticleDraft & { articleId: string }>();
	readonly transitions: ({ taskId: number } & TaskTransition)[] = [];
	readonly failures: ({ taskId: number } & TaskFailure)[] = [];
	readonly deadLetters = new Map<number, DeadLetter>();
	/** The newest registration last. */
	endpoints: FakeEndpoint[] = [];
	readonly models: RegisteredModel[] = [];
	/** Of the reports. */
	readonly requests: { provider: string; count: number; at: Date }[] = [];
	/** What the last completed run planned in. */
	queueMode: QueueMode = 'normal';
	readonly locks = new Map<string, FakeLock>();
	readonly fencingTokens = new TokenCounter();
	slots = 3;
	private lastTaskId = 0;

	constructor(readonly clock: Clock) {}

	now(): Date {
		return this.clock.now();
	}

	nextTaskId(): number {
		return ++this.lastTaskId;
	}

	type(workflowType: string): FakeType {
		return known(this.types.get(workflowType), `type ${workflowType}`);
	}

	task(id: number): FakeTask {
		return known(this.tasks.get(id), `task ${id}`);
	}

	/** Tasks and executions that were not moved into the archive. */
	live<T extends { archived: boolean }>(all: ReadonlyMap<unknown, T>): T[] {
		return [...all.values()].filter((each) => !each.archived);
	}

	active(): FakeExecution[] {
		return [...this.executions.values()].filter((each) => each.finishedAt === null);
	}

	/** The newest address of the type, with a callback address in the same deployment; null = it cannot be dispatched. */
	addressesOf(workflowType: string): { endpointUrl: string; callbackUrl: string } | null {
		const open = this.endpoints.filter((each) => !each.test && !each.disabled);
		for (const task of open.filter((each) => each.workflowType === workflowType).reverse()) {
			const callback = open.find(
				({ kind, deployment }) => kind === 'callback' && deployment === task.deployment,
			);
			if (callback) return { endpointUrl: task.url, callbackUrl: callback.url };
		}
		return null;
	}
}

function known<T>(value: T | undefined, what: string): T {
	if (value === undefined) throw new Error(`the fake has no ${what}`);
	return value;
}
