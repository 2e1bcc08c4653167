import { z } from 'zod/v4';
import type { MutexAnswer, MutexHolder, MutexReport } from '../mutex';
import { instant } from './gateway';

const holder: z.ZodType<MutexHolder> = z.object({
	instance: z.string(),
	executionId: z.string(),
	workflowId: z.string(),
	workflowName: z.string(),
	nodeName: z.string(),
	parentExecutionId: z.string().nullable(),
	fencingToken: z.int(),
	count: z.int(),
	status: z.enum(['held', 'parked', 'draining']),
	acquiredAt: instant,
	renewedAt: instant,
	leaseUntil: instant,
});

export const mutexAnswer: z.ZodType<MutexAnswer> = z.discriminatedUnion('outcome', [
	z.object({
		outcome: z.literal('acquired'),
		how: z.enum(['new', 'own', 'caller']),
		fencingToken: z.int(),
		acquiredAt: instant,
		leaseUntil: instant,
		count: z.int(),
		waitedMs: z.int(),
	}),
	z.object({
		outcome: z.literal('busy'),
		reason: z.enum(['held', 'draining', 'waiters_first', 'another_waits']),
		holders: z.array(holder),
		retryAt: instant.nullable(),
	}),
]);

export const mutexReport: z.ZodType<MutexReport> = z.object({
	lock: z.string(),
	permits: z.int(),
	acquisitions: z.int(),
	lastToken: z.int(),
	holders: z.array(holder),
	overdue: z.array(holder),
	waiters: z.array(
		z.object({
			instance: z.string(),
			workflowId: z.string(),
			workflowName: z.string(),
			executionId: z.string(),
			nodeName: z.string(),
			since: instant,
		}),
	),
	contention: z.array(
		z.object({
			workflowId: z.string(),
			workflowName: z.string(),
			blockedById: z.string(),
			blockedByName: z.string(),
			waited: z.int(),
			gaveUp: z.int(),
			skipped: z.int(),
			failed: z.int(),
			waitedMsTotal: z.int(),
			waitedMsMax: z.int(),
			lastAt: instant,
		}),
	),
	incidents: z.array(
		z.object({
			kind: z.enum(['expired', 'drained', 'opened', 'forced']),
			at: instant,
			fencingToken: z.int(),
			holder,
		}),
	),
});
