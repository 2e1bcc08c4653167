import { z } from 'zod/v4';
import { jsonObject } from './json';
import { CONTRACT_VERSION } from './version';

/** Which language model an execution should use; the key stays in an n8n credential and never travels. */
export const modelRef = z.object({
	provider: z.enum(['openai', 'gemini']),
	model: z.string().min(1),
	base_url: z.url(),
});
export type ModelRef = z.infer<typeof modelRef>;

/** One task inside a dispatch. `attempt` counts from 1; `task_id` is a bigint as a string. */
export const dispatchItem = z.object({
	task_id: z.string().regex(/^\d+$/),
	idempotency_key: z.string().min(1),
	attempt: z.int().positive(),
	input: jsonObject,
});
export type DispatchItem = z.infer<typeof dispatchItem>;

/** What the Dispatcher posts to a sub-workflow: one execution of 1–10 tasks of one type. */
export const dispatchEnvelope = z.object({
	contract_version: z.literal(CONTRACT_VERSION),
	type: z.literal('orchestrator.dispatch'),
	/** True only for samples sent by send-test: nothing is claimed, nothing is settled. */
	test: z.boolean(),
	deployment: z.string().min(1),
	execution_id: z.uuid(),
	/** Fencing number: every write of this execution names it. */
	epoch: z.int().positive(),
	workflow_type: z.string().min(1),
	parent_execution_id: z.uuid().nullable(),
	priority: z.int().min(1).max(10),
	/** Longest duration of the work, counted from the acknowledgement. */
	limit_seconds: z.int().positive(),
	callback_url: z.url(),
	model: modelRef.nullable(),
	items: z.array(dispatchItem).min(1).max(10),
});
export type DispatchEnvelope = z.infer<typeof dispatchEnvelope>;
