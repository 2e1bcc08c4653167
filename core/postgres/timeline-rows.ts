import { z } from 'zod/v4';
import { jsonObject } from '../contract';
import type { TaskTimeline } from '../history';
import { instant } from './gateway';

const moment = {
	at: instant,
	sinceMs: z.number().nullable(),
	epoch: z.number().nullable(),
	executionId: z.string().nullable(),
};

/** The answer of task_timeline. */
export const taskTimeline: z.ZodType<TaskTimeline> = z.object({
	taskId: z.string(),
	workflowType: z.string(),
	state: z.string(),
	priority: z.number(),
	attempts: z.number(),
	idempotencyKey: z.string(),
	createdAt: instant,
	finishedAt: instant.nullable(),
	archived: z.boolean(),
	costUsd: z.number(),
	parentTaskId: z.string().nullable(),
	parentExecutionId: z.string().nullable(),
	children: z.array(z.object({ taskId: z.string(), workflowType: z.string(), state: z.string() })),
	events: z.array(
		z.discriminatedUnion('kind', [
			z.object({
				...moment,
				kind: z.literal('transition'),
				from: z.string().nullable(),
				to: z.string(),
				actor: z.string(),
				context: jsonObject,
			}),
			z.object({
				...moment,
				kind: z.literal('failure'),
				attempt: z.number().nullable(),
				code: z.string(),
				message: z.string(),
				action: z.string(),
				decidedBy: z.string(),
				result: jsonObject,
			}),
		]),
	),
});
