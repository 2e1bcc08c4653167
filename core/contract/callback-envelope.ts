import { z } from 'zod/v4';
import { jsonObject } from './json';
import { CONTRACT_VERSION } from './version';

/** Metered use of one provider, recorded even when the result itself comes too late (S10). */
export const usage = z.object({
	provider: z.string().min(1),
	model: z.string().min(1),
	requests: z.int().nonnegative(),
	input_tokens: z.int().nonnegative(),
	output_tokens: z.int().nonnegative(),
});
export type Usage = z.infer<typeof usage>;

export const taskError = z.object({
	message: z.string().min(1),
	code: z.string().optional(),
	stack: z.string().optional(),
	/** Name of the n8n node that failed, if known. */
	node: z.string().optional(),
	/** Parameters of that node, secrets removed. */
	parameters: jsonObject.optional(),
});
export type TaskError = z.infer<typeof taskError>;

/** Advice about a failed item: whether another try is worth it, and not before when. */
export const retryAdvice = z.object({
	recommended: z.boolean(),
	not_before: z.iso.datetime().nullable(),
});
export type RetryAdvice = z.infer<typeof retryAdvice>;

const settledItem = { task_id: z.string().regex(/^\d+$/), usage: z.array(usage).default([]) };

/** The outcome of one task. A failed item may recommend not to retry, or not before an instant. */
export const callbackItem = z.discriminatedUnion('outcome', [
	z.object({ ...settledItem, outcome: z.literal('succeeded'), result: jsonObject }),
	z.object({
		...settledItem,
		outcome: z.literal('failed'),
		error: taskError,
		retry: retryAdvice.optional(),
	}),
]);
export type CallbackItem = z.infer<typeof callbackItem>;

/** What Task Report posts back. It may settle some of the execution's items; each is settled once. */
export const callbackEnvelope = z.object({
	contract_version: z.literal(CONTRACT_VERSION),
	type: z.literal('orchestrator.callback'),
	test: z.boolean(),
	execution_id: z.uuid(),
	epoch: z.int().positive(),
	workflow_type: z.string().min(1),
	n8n_execution_id: z.string().nullable(),
	items: z.array(callbackItem).min(1).max(10),
});
export type CallbackEnvelope = z.infer<typeof callbackEnvelope>;
