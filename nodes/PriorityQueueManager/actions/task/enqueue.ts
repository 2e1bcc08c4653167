import { z } from 'zod/v4';
import { jsonObject } from '../../../core';
import { defineAction } from '../../shared/action';
import { jsonParameter, toJson } from '../../shared/json';

/** Puts one task into the queue. The same idempotency key and type is the same task, for ever. */
export const enqueue = defineAction({
	parameters: z.object({
		workflowType: z.string().trim().min(1, 'is empty: name a registered workflow type'),
		taskInput: jsonParameter(jsonObject),
		priority: z.coerce.number().int().min(1).max(10),
		options: z
			.object({
				idempotencyKey: z.coerce.string().optional(),
				delaySeconds: z.coerce.number().nonnegative().optional(),
				context: jsonParameter(jsonObject).optional(),
			})
			.default({}),
	}),
	async perform({ parameters, json }, { orchestrator, clock }) {
		const { workflowType, taskInput, priority, options } = parameters;
		const { idempotencyKey, delaySeconds, context } = options;
		const { queue } = await orchestrator();
		const [enqueued] = await queue.enqueue([
			{
				workflowType,
				input: taskInput,
				priority,
				...(idempotencyKey ? { idempotencyKey } : {}),
				...(delaySeconds ? { notBefore: new Date(clock.now().getTime() + delaySeconds * 1000) } : {}),
				...(context ? { context } : {}),
			},
		]);
		return { json: { ...json, enqueued: toJson({ ...enqueued, workflowType, priority }) } };
	},
});
