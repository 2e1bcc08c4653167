import { z } from 'zod/v4';
import {
	ExecutionLostError,
	InvalidInputError,
	jsonObject,
	type NewTask,
	type Orchestrator,
	PayloadTooLargeError,
	shareOfCall,
	type TaskOverrides,
	UnknownWorkflowTypeError,
} from '../../../../core';
import {
	CallFailure,
	defineGroupAction,
	type Emission,
	onBehalfOf,
	type Services,
} from '../../../shared/action';
import { dateParameter, instantOf } from '../../../shared/instant';
import { jsonParameter, toJson } from '../../../shared/json';
import { collection, executionId, optionalText, taskId, text } from '../../parameters';
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
	parentExecutionId: executionId.optional(),
	parentTaskId: taskId.optional(),
	successors: successorsParameter.optional(),
});
type Options = z.output<typeof options>;

const parameters = z.object({
	workflowType: text('name a registered workflow type'),
	taskInput: jsonParameter(jsonObject),
	priority: z.coerce.number().int().min(1).max(10),
	options,
});

/** Refused before anything was stored. */
const isRefusal = (error: unknown) =>
	error instanceof InvalidInputError ||
	error instanceof PayloadTooLargeError ||
	error instanceof UnknownWorkflowTypeError;

/**
 * Puts a task for each item into the queue, all in one statement (10,000 and 32 MiB at a time): every one of them or none.
 * The same idempotency key and type is the same task, until at least 90 days after its end.
 */
export const enqueue = defineGroupAction({
	parameters,
	groupOf: () => 'all',
	shareOf: ({
		parameters: {
			taskInput,
			options: { context, successors },
		},
	}) => shareOfCall({ input: taskInput, context, successors }),
	isOneCallsFault: (error) =>
		error instanceof CallFailure || error instanceof ExecutionLostError || isRefusal(error),
	async perform(calls, services) {
		const tasks = await Promise.all(
			calls.map(async ({ parameters }, position) =>
				onBehalfOf(position, () => newTask(parameters, services)),
			),
		);
		const { queue } = await services.orchestrator();
		const enqueued = await queue
			.enqueue(tasks)
			.catch(async (error) => Promise.reject(await withCulprit(error, tasks, queue)));
		return calls.map(({ json, parameters: { workflowType, priority } }, index): Emission[] => [
			{ json: { ...json, enqueued: toJson({ ...enqueued[index], workflowType, priority }) } },
		]);
	},
});

/** The refusal as that of the first task that the database would refuse by itself. */
async function withCulprit(error: unknown, tasks: NewTask[], queue: Orchestrator['queue']): Promise<unknown> {
	if (tasks.length === 1 || !isRefusal(error)) return error;
	const [culprit] = await queue.faults(tasks).catch(() => []);
	return culprit === undefined ? error : new CallFailure(culprit.position - 1, error);
}

function newTask(
	{ workflowType, taskInput, priority, options: chosen }: z.output<typeof parameters>,
	services: Services,
): NewTask {
	const { context, debounce, idempotencyKey, parentExecutionId, parentTaskId, successors } = chosen;
	return {
		workflowType,
		input: taskInput,
		priority,
		context,
		debounce,
		idempotencyKey,
		parentExecutionId,
		parentTaskId,
		successors,
		notBefore: earliestStart(chosen, services),
		expiresAt: chosen.expiresAt === undefined ? undefined : instantOf(chosen.expiresAt, services.timezone),
		overrides: overridesOf(chosen),
	};
}

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
