import { z } from 'zod/v4';

/** A bigint of Postgres as a number: log sequences and ids of a test stay far below 2^53. */
const whole = z.coerce.number().int();
const id = z.coerce.string();

export const transition = z.object({
	seq: whole,
	entity: z.enum(['task', 'execution', 'run']),
	taskId: id.nullable(),
	executionId: z.string().nullable(),
	from: z.string().nullable(),
	to: z.string(),
	epoch: z.number(),
	at: z.coerce.date(),
	actor: z.string(),
});
export type Transition = z.infer<typeof transition>;

export const execution = z.object({
	id: z.string(),
	kind: z.enum(['dispatch', 'run']),
	workflowType: z.string().nullable(),
	fairKey: z.string().nullable(),
	epoch: z.number(),
	slotNo: z.number().nullable(),
	slotKey: z.string().nullable(),
	status: z.string(),
	taskIds: z.array(id),
});
export type Execution = z.infer<typeof execution>;

export const task = z.object({
	id,
	workflowType: z.string(),
	fairKey: z.string(),
	idempotencyKey: z.string(),
	state: z.string(),
	executionId: z.string().nullable(),
});
export type Task = z.infer<typeof task>;

export const receipt = z.object({
	webhookId: z.string(),
	executionId: z.string(),
	epoch: z.number(),
	outcome: z.enum(['pending', 'applied', 'stale', 'duplicate']),
});
export type Receipt = z.infer<typeof receipt>;

export const failure = z.object({
	id: whole,
	taskId: id.nullable(),
	executionId: z.string().nullable(),
	epoch: z.number().nullable(),
	action: z.string(),
});
export type Failure = z.infer<typeof failure>;

/** The settings against which the log is judged. Null weights count as 1. */
export const limits = z.object({
	slots: whole,
	/** Workflow type → executions at once. */
	types: z.record(z.string(), z.number()),
	/** Fair key → its weight and type. */
	keys: z.record(z.string(), z.object({ weight: z.number(), workflowType: z.string() })),
	legal: z.array(z.object({ entity: z.string(), from: z.string(), to: z.string() })),
});
export type Limits = z.infer<typeof limits>;

/** One thing published, as the sink's own append-only log has it; `afterSeq`: the log's newest entry just then. */
export const effect = z.object({
	workflowType: z.string(),
	idempotencyKey: z.string(),
	taskId: id,
	executionId: z.string(),
	epoch: z.number(),
	afterSeq: whole,
});
export type Effect = z.infer<typeof effect>;

/** One stay of a task in the queue, known by the epoch it had while it waited. */
export const visit = z.object({ taskId: id, epoch: z.number(), eligibleAt: z.coerce.date() });
export type Visit = z.infer<typeof visit>;

const reportedItem = z.object({ taskId: id, outcome: z.enum(['succeeded', 'failed']) });
const message = {
	at: z.number(),
	by: z.string(),
	webhookId: z.string(),
	executionId: z.string(),
	epoch: z.number(),
};

/** An outcome written into a task, whether its state changed or not. */
export const outcome = z.object({ taskId: id, epoch: z.number(), state: z.string() });
export type Outcome = z.infer<typeof outcome>;

/** A line of the outside witness: what the players sent, received and were told. `at` in ms since 1970. */
export const sighting = z.discriminatedUnion('what', [
	/** A producer was told that its task is in the queue. */
	z.object({
		what: z.literal('enqueued'),
		at: z.number(),
		by: z.string(),
		taskId: id,
		workflowType: z.string(),
		idempotencyKey: z.string(),
	}),
	/** The sub-workflow's door took a dispatch, and what the dispatcher was answered. */
	z.object({ what: z.literal('dispatch_taken'), ...message }),
	z.object({
		what: z.literal('dispatch_answered'),
		...message,
		status: z.number(),
		outcome: z.string().nullable(),
	}),
	/** The pre-flight said yes. */
	z.object({ what: z.literal('work_started'), ...message }),
	/** The sub-workflow sent a report, and the answer it got; `status` null: none. */
	z.object({ what: z.literal('report_sent'), ...message, items: z.array(reportedItem) }),
	z.object({
		what: z.literal('report_answered'),
		...message,
		items: z.array(reportedItem),
		status: z.number().nullable(),
		outcome: z.string().nullable(),
	}),
	/** A process is about to be killed, and where it was. */
	z.object({ what: z.literal('killed'), at: z.number(), by: z.string(), where: z.string() }),
]);
export type Sighting = z.infer<typeof sighting>;

/** Everything a verdict rests on: the database's log and the outside witness. */
export interface History {
	/** In the order of seq. */
	transitions: Transition[];
	executions: Execution[];
	tasks: Task[];
	receipts: Receipt[];
	failures: Failure[];
	limits: Limits;
	effects: Effect[];
	visits: Visit[];
	outcomes: Outcome[];
	sightings: Sighting[];
}

/** A broken promise: what was seen, and the entries of the log that show it. */
export interface Offence {
	rule: string;
	what: string;
	seqs: number[];
}

/** What one rule finds; an empty array = nothing to say against this history. */
export type Rule = (history: History) => Omit<Offence, 'rule'>[];
