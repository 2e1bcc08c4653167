import { z } from 'zod/v4';
import { dispatchItem, jsonObject, modelRef } from '../contract';
import { CANCELLABLE_STATES, type CancelOutcome } from '../queue/cancel';
import type { ClaimedExecution } from '../queue/claim';
import type { ClaimSnapshot } from '../queue/claim-snapshot';
import type { TaskSnapshot } from '../queue/explain';
import type { FairKeyOverview, Pause, PauseAnswer } from '../queue/gate';
import {
	type EnqueuedTask,
	type PeekedTask,
	TASK_STATES,
	type TaskFault,
	type TaskOverview,
} from '../task/task';
import { instant } from './gateway';

export const taskState = z.enum(TASK_STATES);

export const enqueued = z
	.object({
		task_id: z.string(),
		idempotency_key: z.string(),
		created: z.boolean(),
		existing_state: taskState.nullable(),
	})
	.transform((row): EnqueuedTask => ({
		taskId: row.task_id,
		idempotencyKey: row.idempotency_key,
		created: row.created,
		existingState: row.existing_state,
	}));

export const taskFault: z.ZodType<TaskFault> = z.object({ position: z.number(), fault: z.string() });

export const claimed: z.ZodType<ClaimedExecution> = z.object({
	executionId: z.string(),
	epoch: z.number(),
	workflowType: z.string(),
	priority: z.number(),
	parentExecutionId: z.string().nullable(),
	leaseUntil: instant,
	limitSeconds: z.number(),
	endpointUrl: z.string(),
	callbackUrl: z.string(),
	model: modelRef.nullable(),
	items: z.array(dispatchItem),
});

export const overviewFields = {
	taskId: z.string(),
	workflowType: z.string(),
	state: taskState,
	priority: z.number(),
	attempts: z.number(),
	input: jsonObject,
	waitMs: z.number().nullable(),
	durationMs: z.number().nullable(),
	costUsd: z.number(),
	result: jsonObject.nullable(),
	error: jsonObject.nullable(),
	createdAt: instant,
	finishedAt: instant.nullable(),
	fairKey: z.string(),
	idempotencyKey: z.string(),
	eligibleAt: instant,
	notBefore: instant.nullable(),
	expiresAt: instant.nullable(),
	executionId: z.string().nullable(),
	parentTaskId: z.string().nullable(),
	parentExecutionId: z.string().nullable(),
	coalesced: z.number(),
};
export const overview: z.ZodType<TaskOverview> = z.object(overviewFields);
export const peeked: z.ZodType<PeekedTask> = z.object({ ...overviewFields, score: z.number() });

export const pause: z.ZodType<Pause> = z.object({
	at: instant,
	reason: z.string().nullable(),
	by: z.string(),
});
export const pauseAnswer: z.ZodType<PauseAnswer> = z.object({
	changed: z.boolean(),
	pause: pause.nullable(),
});

export const fairKey: z.ZodType<FairKeyOverview> = z.object({
	fairKey: z.string(),
	workflowType: z.string(),
	weight: z.number(),
	queued: z.number(),
	oldestEligibleAt: instant.nullable(),
	running: z.number(),
	pause: pause.nullable(),
	typePause: pause.nullable(),
});

const ofTask = { taskId: z.string(), matching: z.number().optional() };
export const cancelOutcome: z.ZodType<CancelOutcome> = z.discriminatedUnion('outcome', [
	z.object({
		...ofTask,
		outcome: z.enum(['cancelled', 'would_cancel']),
		was: z.enum(CANCELLABLE_STATES),
		execution: z
			.object({
				executionId: z.string(),
				epoch: z.number(),
				n8nExecutionId: z.string().nullable(),
				ended: z.boolean(),
			})
			.nullable(),
	}),
	z.object({ ...ofTask, outcome: z.literal('already_ended'), was: taskState }),
	z.object({ ...ofTask, outcome: z.literal('unknown') }),
	z.object({ ...ofTask, outcome: z.literal('busy'), was: taskState }),
]);

export const claimSnapshot: z.ZodType<ClaimSnapshot> = z.object({
	at: instant,
	slots: z.object({ total: z.number(), free: z.number() }),
	types: z.array(
		z.object({
			workflowType: z.string(),
			pause: pause.nullable(),
			hasEndpoint: z.boolean(),
			cadenceSeconds: z.number().nullable(),
			cadenceOpensAt: instant.nullable(),
			running: z.number(),
			maxConcurrent: z.number(),
			batchSize: z.number(),
			batchMax: z.number(),
			nextDueAt: instant.nullable(),
		}),
	),
	keys: z.array(
		z.object({
			fairKey: z.string(),
			workflowType: z.string(),
			weight: z.number(),
			pause: pause.nullable(),
			running: z.number(),
			line: z.array(
				z.object({ taskId: z.string(), priority: z.number(), eligibleAt: instant, expired: z.boolean() }),
			),
		}),
	),
});

export const taskSnapshot: z.ZodType<TaskSnapshot> = z.object({
	task: z.object({
		taskId: z.string(),
		state: taskState,
		workflowType: z.string(),
		fairKey: z.string(),
		priority: z.number(),
		eligibleAt: instant,
		notBefore: instant.nullable(),
		expiresAt: instant.nullable(),
		finishedAt: instant.nullable(),
		executionId: z.string().nullable(),
		archived: z.boolean(),
	}),
	ahead: z.object({ count: z.number(), bound: z.number() }),
	queue: claimSnapshot,
});
