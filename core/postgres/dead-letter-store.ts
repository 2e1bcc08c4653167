import { z } from 'zod/v4';
import { jsonObject } from '../contract';
import type { DeadLetterPort } from '../orchestrator';
import { checkChangeFilter, checkLetterFilter } from '../task/check-letter-filter';
import type {
	DeadLetter,
	DeadLetterFilter,
	DeadLetterGroup,
	DeadLetterPage,
	DiscardAnswer,
	DiscardOptions,
	RedriveAnswer,
	RedriveOptions,
	TaskInspection,
} from '../task/dead-letter';
import { type Gateway, instant } from './gateway';
import { overview } from './queue-rows';

const deadLetter: z.ZodType<DeadLetter> = z.object({
	taskId: z.string(),
	workflowType: z.string(),
	fairKey: z.string(),
	status: z.enum(['open', 'redriven', 'discarded']),
	cause: z.string(),
	code: z.string(),
	message: z.string(),
	reason: z.string(),
	failures: z.number(),
	diedAt: instant,
	expiresAt: instant,
	redrives: z.number(),
	redrivenAt: instant.nullable(),
	redrivenBy: z.string().nullable(),
	discardedAt: instant.nullable(),
	discardedBy: z.string().nullable(),
});
const page: z.ZodType<DeadLetterPage> = z.object({
	letters: z.array(deadLetter),
	next: z.string().nullable(),
});
const group: z.ZodType<DeadLetterGroup> = z.object({
	cause: z.string(),
	code: z.string(),
	count: z.number(),
	workflowTypes: z.record(z.string(), z.number()),
	firstDiedAt: instant,
	lastDiedAt: instant,
	sample: z.object({ taskId: z.string(), message: z.string() }),
});
const redriven: z.ZodType<RedriveAnswer> = z.object({
	matching: z.number(),
	taskIds: z.array(z.string()),
	lastDueAt: instant.nullable(),
});
const discarded: z.ZodType<DiscardAnswer> = z.object({ matching: z.number(), taskIds: z.array(z.string()) });

/** Everything of one task: also for `QueuePort.inspect`. */
export const inspection: z.ZodType<TaskInspection> = z.object({
	task: overview,
	archived: z.boolean(),
	context: jsonObject,
	deadLetter: deadLetter.nullable(),
	failures: z.array(
		z.object({
			at: instant,
			attempt: z.number().nullable(),
			epoch: z.number().nullable(),
			executionId: z.string().nullable(),
			code: z.string(),
			message: z.string(),
			error: jsonObject,
			input: jsonObject.nullable(),
			systemState: jsonObject,
			recoveryAction: z.enum(['retry', 'redeliver', 'dead_letter', 'end_run', 'none']),
			decidedBy: z.string(),
			result: jsonObject,
		}),
	),
	transitions: z.array(
		z.object({
			seq: z.string(),
			at: instant,
			from: z.string().nullable(),
			to: z.string(),
			epoch: z.number(),
			actor: z.string(),
			executionId: z.string().nullable(),
			context: jsonObject,
		}),
	),
	children: z.array(z.object({ taskId: z.string(), workflowType: z.string(), state: z.string() })),
});

/** Dead letters on Postgres. */
export class DeadLetterStore implements DeadLetterPort {
	constructor(private readonly gateway: Gateway) {}

	async list(
		filter: DeadLetterFilter = {},
		{ after, limit }: { after?: string; limit?: number } = {},
	): Promise<DeadLetterPage> {
		checkLetterFilter(filter);
		const sql = 'select orchestrator.list_dead_letters($1, $2, $3) as answer';
		return this.gateway.answer(page, sql, [JSON.stringify(filter), after ?? null, limit ?? null]);
	}

	async analyze(filter: DeadLetterFilter = {}): Promise<DeadLetterGroup[]> {
		checkLetterFilter(filter);
		const sql = 'select orchestrator.analyze_dead_letters($1) as answer';
		return this.gateway.answers(group, sql, [JSON.stringify(filter)]);
	}

	async redrive(filter: DeadLetterFilter, options: RedriveOptions): Promise<RedriveAnswer> {
		checkChangeFilter(filter);
		const sql = 'select orchestrator.redrive_dead_letters($1, $2) as answer';
		return this.gateway.answer(redriven, sql, [JSON.stringify(filter), JSON.stringify(options)]);
	}

	async discard(filter: DeadLetterFilter, options: DiscardOptions): Promise<DiscardAnswer> {
		checkChangeFilter(filter);
		const sql = 'select orchestrator.discard_dead_letters($1, $2) as answer';
		return this.gateway.answer(discarded, sql, [JSON.stringify(filter), JSON.stringify(options)]);
	}
}
