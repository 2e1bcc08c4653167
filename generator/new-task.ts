import { z } from 'zod/v4';
import { jsonObject, type NewTask, successor, TASK_ID } from '../core';
import { instantOf, TIME_EXPECTED } from './option-time';

/** A time with its zone, as JSON can say it. */
const instant = z.string().transform((text, context) => {
	const value = instantOf(text);
	if (value !== undefined) return value;
	context.addIssue({ code: 'custom', message: `expected ${TIME_EXPECTED}, got ${JSON.stringify(text)}` });
	return z.NEVER;
});

export const successors = z.array(successor);

const overrides = z.strictObject({
	maxAttempts: z.int().optional(),
	limitSeconds: z.int().optional(),
	backoffBaseSeconds: z.number().optional(),
	backoffCeilingSeconds: z.number().optional(),
	backoffJitterSeconds: z.number().optional(),
	deliveryRetries: z.int().optional(),
});

/**
 * A NewTask as a line of a file; what it leaves out, the type among it, comes from the command's options. A misspelt field is
 * an error: a deadline that silently does not count would be worse. Bounds are the database's to check.
 */
export const newTask = z.strictObject({
	workflowType: z.string().min(1).optional(),
	input: jsonObject,
	priority: z.int().min(1).max(10).optional(),
	idempotencyKey: z.string().min(1).max(512).optional(),
	notBefore: instant.optional(),
	context: jsonObject.optional(),
	parentExecutionId: z.uuid().optional(),
	parentTaskId: z.string().regex(TASK_ID, 'expected the number of a task, as text').optional(),
	expiresAt: instant.optional(),
	overrides: overrides.optional(),
	successors: successors.optional(),
	debounce: z
		.strictObject({
			key: z.string(),
			seconds: z.number(),
			maxSeconds: z.number().optional(),
			keep: z.enum(['first', 'last']).optional(),
		})
		.optional(),
});

/** What options say of every task. */
export type TaskDefaults = Partial<NewTask> & Pick<NewTask, 'workflowType'>;

/** The task's own fields win; of the limits each by itself. */
export function withDefaults(task: z.output<typeof newTask>, defaults: TaskDefaults): NewTask {
	const limits = { ...defaults.overrides, ...task.overrides };
	return { ...defaults, ...task, ...(Object.keys(limits).length > 0 && { overrides: limits }) };
}

/** “priority: Too big: expected number to be <=10; successors.0.when: …” */
export function faultsOf(error: z.ZodError): string {
	return error.issues
		.map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
		.join('; ');
}
