import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import { dispatchItem, type ExecutionRef, InvalidInputError, modelRef } from '../../core';

/** The JSON that flows along the Master's canvas, as each node finds it again. Dates travel as ISO text. */

const heartbeatSlot = z.object({
	slotKey: z.string(),
	slotAt: z.coerce.date(),
	epoch: z.number().int(),
	leaseUntil: z.coerce.date(),
	deviationMs: z.number(),
	clockSkewMs: z.number(),
});

const newRun = z.object({
	kind: z.enum(['heartbeat', 'wake_up', 'manual']),
	owner: z.string().min(1),
	slot: heartbeatSlot.nullable().default(null),
	dispatch: z.boolean().default(true),
});

const queueMode = z.enum(['normal', 'batch']);

const begunRun = newRun.extend({
	id: z.string().min(1),
	state: z.string().optional(),
	/** What the plan found and why a claim took nothing, for the run's completion; missing before the plan. */
	queue: z
		.object({
			mode: queueMode,
			warnings: z.array(z.string()),
			verdict: z.string().optional(),
			decisions: z
				.array(z.object({ workflowType: z.string(), due: z.boolean(), reason: z.string() }))
				.optional(),
			nothingClaimed: z
				.array(z.object({ workflowType: z.string().nullable(), reason: z.string(), because: z.string() }))
				.optional(),
		})
		.optional(),
});

const snapshot = z.object({
	at: z.coerce.date(),
	slots: z.object({ total: z.number(), free: z.number() }),
	queue: z.object({
		scheduled: z.number(),
		queued: z.number(),
		claimed: z.number(),
		running: z.number(),
		mode: queueMode,
	}),
	types: z.array(
		z.object({
			workflowType: z.string(),
			paused: z.boolean(),
			eligible: z.number(),
			topPriority: z.number().nullable(),
			heldByPausedKeys: z.boolean(),
			nextDueAt: z.coerce.date().nullable(),
			oldestEligibleAt: z.coerce.date().nullable(),
			running: z.number(),
			maxConcurrent: z.number(),
			batchSize: z.number(),
			batchMax: z.number(),
			limitSeconds: z.number(),
			recent: z.object({ tasks: z.number(), failed: z.number(), msPerTask: z.number().nullable() }),
			cadenceSeconds: z.number().nullable(),
			lastClaimedAt: z.coerce.date().nullable(),
			hasEndpoint: z.boolean(),
		}),
	),
	models: z.array(modelRef.extend({ requestsPerMinute: z.number(), requestsLastMinute: z.number() })),
	connections: z.object({ used: z.number(), limit: z.number() }),
});

const decision = z.discriminatedUnion('due', [
	z.object({
		due: z.literal(true),
		workflowType: z.string(),
		reason: z.string(),
		batchSize: z.number().int().min(1).max(10),
		maxExecutions: z.number().int().nonnegative(),
	}),
	z.object({ due: z.literal(false), workflowType: z.string(), reason: z.string() }),
]);

const plan = z.object({
	verdict: z.enum(['ready', 'throttled', 'idle']),
	maxExecutions: z.number().int().nonnegative(),
	decisions: z.array(decision),
	models: z.array(modelRef),
});

const claimedExecution = z.object({
	executionId: z.string(),
	epoch: z.number().int().positive(),
	workflowType: z.string(),
	priority: z.number().int(),
	parentExecutionId: z.string().nullable(),
	leaseUntil: z.coerce.date(),
	limitSeconds: z.number().int().positive(),
	endpointUrl: z.string(),
	callbackUrl: z.string(),
	model: modelRef.nullable(),
	items: z.array(dispatchItem),
});

/** One item as the Task Trigger emits it, for the nodes at the sub-workflow's end. */
export const taskItem = z.object({
	task: z.object({
		id: z.string().regex(/^\d+$/),
		idempotencyKey: z.string().min(1),
		attempt: z.number().int().positive(),
		workflowType: z.string().min(1),
	}),
	execution: z.object({
		id: z.uuid(),
		epoch: z.number().int().positive(),
		deadlineAt: z.coerce.date(),
		callbackUrl: z.url(),
	}),
	input: z.record(z.string(), z.unknown()).default({}),
	test: z.boolean().default(false),
});
export type TaskItem = z.infer<typeof taskItem>;

const workedOn = z.object({ execution: z.object({ id: z.uuid(), epoch: z.number().int().positive() }) });

/** The execution on whose behalf a sub-workflow's item is worked on. Null: it names none. */
export function readExecutionRef(json: IDataObject): ExecutionRef | null {
	const parsed = workedOn.safeParse(json);
	return parsed.success
		? { executionId: parsed.data.execution.id, epoch: parsed.data.execution.epoch }
		: null;
}

export const readNewRun = reader(
	'run',
	newRun,
	'Intelligent Scheduler (Take Slot) or an Orchestrator Trigger',
);
export const readRun = reader('run', begunRun, 'State Machine Controller (Begin)');
export const readSnapshot = reader('snapshot', snapshot, 'Resource Manager (Snapshot)');
export const readPlan = reader('plan', plan, 'Intelligent Scheduler (Plan)');
export const readExecution = reader('execution', claimedExecution, 'Priority Queue Manager (Claim)');

/** Finds its key in an item, or says which node must come before. */
function reader<S extends z.ZodType>(key: string, schema: S, giver: string) {
	return (json: IDataObject): z.output<S> => {
		const parsed = schema.safeParse(json[key]);
		if (parsed.success) return parsed.data;
		const issue = parsed.error.issues[0];
		const place = [key, ...(issue?.path ?? []).map(String)].join('.');
		throw new InvalidInputError(
			`The item has no valid “${place}”: ${issue?.message ?? 'missing'}.`,
			`Put a ${giver} node before this one and pass its items on unchanged.`,
		);
	};
}
