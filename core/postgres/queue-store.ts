import { z } from 'zod/v4';
import { dispatchItem, jsonObject, modelRef } from '../contract';
import { InvalidInputError, PayloadTooLargeError } from '../errors';
import type { QueuePort } from '../orchestrator';
import type { ClaimedExecution, ClaimPlan } from '../queue/claim';
import {
	type EnqueuedTask,
	MAX_INPUT_BYTES,
	type NewTask,
	TASK_STATES,
	type TaskOverview,
} from '../task/task';
import { type Gateway, instant } from './gateway';

/** One call stays one short transaction. */
export const MAX_TASKS_PER_CALL = 10_000;
const DEFAULT_LIST_LIMIT = 1000;

const enqueued = z
	.object({ task_id: z.string(), idempotency_key: z.string(), created: z.boolean() })
	.transform((row): EnqueuedTask => ({
		taskId: row.task_id,
		idempotencyKey: row.idempotency_key,
		created: row.created,
	}));

const claimed: z.ZodType<ClaimedExecution> = z.object({
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

export const taskOverview = z.object({
	taskId: z.string(),
	workflowType: z.string(),
	state: z.enum(TASK_STATES),
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
}) satisfies z.ZodType<TaskOverview>;

/** The queue on Postgres. */
export class QueueStore implements QueuePort {
	constructor(private readonly gateway: Gateway) {}

	async enqueue(tasks: NewTask[]): Promise<EnqueuedTask[]> {
		checkTasks(tasks);
		return this.gateway.rows(
			enqueued,
			'select task_id, idempotency_key, created from orchestrator.enqueue_tasks($1) order by ord',
			[JSON.stringify(tasks)],
		);
	}

	async claim(plan: ClaimPlan): Promise<ClaimedExecution[]> {
		return this.gateway.answers(claimed, 'select orchestrator.claim($1) as answer', [JSON.stringify(plan)]);
	}

	async list(filter: Parameters<QueuePort['list']>[0] = {}): Promise<TaskOverview[]> {
		const { states = null, workflowType = null, limit = DEFAULT_LIST_LIMIT } = filter;
		return this.gateway.answers(taskOverview, 'select orchestrator.list_tasks($1, $2, $3) as answer', [
			states,
			workflowType,
			limit,
		]);
	}
}

/** What can be said without the database, before a byte is sent; the database checks again. */
function checkTasks(tasks: readonly NewTask[]): void {
	if (tasks.length > MAX_TASKS_PER_CALL) {
		throw new InvalidInputError(
			`One call takes at most ${MAX_TASKS_PER_CALL} tasks, got ${tasks.length}.`,
			'Enqueue them in several calls.',
		);
	}
	for (const [index, task] of tasks.entries()) {
		const bytes = Buffer.byteLength(JSON.stringify(task.input) ?? '', 'utf8');
		if (bytes > MAX_INPUT_BYTES) {
			throw new PayloadTooLargeError(
				`Task ${index + 1}: the input has ${bytes} bytes, at most ${MAX_INPUT_BYTES} are allowed.`,
				'Store the data elsewhere and enqueue a reference to it.',
			);
		}
		const { priority, notBefore } = task;
		if (notBefore !== undefined && Number.isNaN(notBefore.getTime())) {
			throw new InvalidInputError(`Task ${index + 1}: notBefore is not a date.`, 'Correct this value.');
		}
		if (priority !== undefined && !(Number.isInteger(priority) && priority >= 1 && priority <= 10)) {
			throw new InvalidInputError(
				`Task ${index + 1}: priority must be an integer from 1 to 10, got ${priority}.`,
				'Correct this value.',
			);
		}
	}
}
