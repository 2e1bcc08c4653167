import { z } from 'zod/v4';
import { InvalidInputError, jsonObject, type NewTask, type TaskOverrides } from '../../../../core';
import { defineAction, type Services } from '../../../shared/action';
import { dateParameter, instantOf } from '../../../shared/instant';
import { jsonParameter, toJson } from '../../../shared/json';
import { collection, optionalText, taskId, text } from '../../parameters';
import { debounceParameter, successorsParameter } from '../../new-task';

const seconds = z.coerce.number().nonnegative().optional();
const whole = z.coerce.number().int().optional();

const options = collection({
	backoffBaseSeconds: seconds,
	backoffCeilingSeconds: seconds,
	backoffJitterSeconds: seconds,
	context: jsonParameter(jsonObject).optional(),
	debounce: debounceParameter.optional(),
	delaySeconds: seconds,
	delayUntil: dateParameter.optional(),
	deliveryRetries: whole,
	expiresAt: dateParameter.optional(),
	idempotencyKey: optionalText,
	limitSeconds: whole,
	maxAttempts: whole,
	parentTaskId: taskId.optional(),
	successors: successorsParameter.optional(),
});
type Options = z.output<typeof options>;

/** Puts one task into the queue. The same idempotency key and type is the same task, for ever. */
export const enqueue = defineAction({
	parameters: z.object({
		workflowType: text('name a registered workflow type'),
		taskInput: jsonParameter(jsonObject),
		priority: z.coerce.number().int().min(1).max(10),
		options,
	}),
	async perform({ parameters, json }, services) {
		const { workflowType, taskInput, priority, options: chosen } = parameters;
		const { queue } = await services.orchestrator();
		const { context, debounce, idempotencyKey, parentTaskId, successors } = chosen;
		const task: NewTask = {
			workflowType,
			input: taskInput,
			priority,
			context,
			debounce,
			idempotencyKey,
			parentTaskId,
			successors,
			notBefore: earliestStart(chosen, services),
			expiresAt: chosen.expiresAt === undefined ? undefined : instantOf(chosen.expiresAt, services.timezone),
			overrides: overridesOf(chosen),
		};
		const [enqueued] = await queue.enqueue([task]);
		return { json: { ...json, enqueued: toJson({ ...enqueued, workflowType, priority }) } };
	},
});

function earliestStart(
	{ delaySeconds, delayUntil }: Options,
	{ clock, timezone }: Services,
): Date | undefined {
	if (delayUntil === undefined)
		return delaySeconds ? new Date(clock.now().getTime() + delaySeconds * 1000) : undefined;
	if (!delaySeconds) return instantOf(delayUntil, timezone);
	throw new InvalidInputError(
		`“Delay in Seconds” (${delaySeconds}) and “Delay Until” (${delayUntil}) are both set.`,
		'Remove one of them: a task has one earliest start.',
	);
}

/** What is left out comes from the task's type. */
function overridesOf(chosen: Options): TaskOverrides | undefined {
	const { backoffBaseSeconds, backoffCeilingSeconds, backoffJitterSeconds } = chosen;
	const { deliveryRetries, limitSeconds, maxAttempts } = chosen;
	const overrides = {
		backoffBaseSeconds,
		backoffCeilingSeconds,
		backoffJitterSeconds,
		deliveryRetries,
		limitSeconds,
		maxAttempts,
	};
	return Object.values(overrides).some((value) => value !== undefined) ? overrides : undefined;
}
