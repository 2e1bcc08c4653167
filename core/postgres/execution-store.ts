import { z } from 'zod/v4';
import type { CallbackEnvelope, TaskError } from '../contract';
import type { AcceptOutcome, ExecutionPort, ExecutionRef, SettleOutcome } from '../orchestrator';
import { STALE_REASONS, type StaleReason } from '../run/stale';
import { type Gateway, instant } from './gateway';
import { settlementsThrough } from './settlement-traffic';

const acceptOutcome: z.ZodType<AcceptOutcome> = z.enum(['accepted', 'duplicate', 'stale']);
const started = z.object({ lease_until: instant, deadline_at: instant });

/** Executions on Postgres; every call names id and epoch, and losing a race is an answer. */
export class ExecutionStore implements ExecutionPort {
	constructor(private readonly gateway: Gateway) {}

	async accept({ executionId, epoch }: ExecutionRef, webhookId: string): Promise<AcceptOutcome> {
		const sql = 'select orchestrator.accept_execution($1, $2, $3) as answer';
		return this.gateway.answer(acceptOutcome, sql, [executionId, epoch, webhookId]);
	}

	async whyStale({ executionId, epoch }: ExecutionRef): Promise<StaleReason | null> {
		const sql = 'select orchestrator.stale_reason($1, $2) as answer';
		return this.gateway.answer(z.enum(STALE_REASONS).nullable(), sql, [executionId, epoch]);
	}

	async start(
		{ executionId, epoch }: ExecutionRef,
		n8nExecutionId: string,
		n8nInstance?: string,
	): Promise<{ leaseUntil: Date; deadlineAt: Date } | null> {
		const sql = 'select lease_until, deadline_at from orchestrator.start_work($1, $2, $3, $4)';
		const [row] = await this.gateway.rows(started, sql, [executionId, epoch, n8nInstance, n8nExecutionId]);
		return row ? { leaseUntil: row.lease_until, deadlineAt: row.deadline_at } : null;
	}

	async renew({ executionId, epoch }: ExecutionRef): Promise<{ leaseUntil: Date } | null> {
		const sql = 'select orchestrator.renew_execution($1, $2) as answer';
		const leaseUntil = await this.gateway.answer(z.date().nullable(), sql, [executionId, epoch]);
		return leaseUntil && { leaseUntil };
	}

	async settle(
		callback: CallbackEnvelope,
		webhookId: string,
	): Promise<{ outcome: SettleOutcome; settledTasks: string[] }> {
		return settlementsThrough(this.gateway).ask({ callback, webhookId });
	}

	async refuse(
		{ executionId, epoch }: ExecutionRef,
		error: TaskError,
		options: { retryAt?: Date | null } = {},
	): Promise<boolean> {
		const sql = 'select orchestrator.refuse_execution($1, $2, $3, $4) as answer';
		return this.gateway.answer(z.boolean(), sql, [
			executionId,
			epoch,
			JSON.stringify(error),
			options.retryAt ?? null,
		]);
	}

	async abandon({ executionId, epoch }: ExecutionRef, error: TaskError): Promise<number> {
		const sql = 'select orchestrator.abandon_execution($1, $2, $3) as answer';
		return this.gateway.answer(z.number(), sql, [executionId, epoch, JSON.stringify(error)]);
	}

	async abandonByN8nExecution(
		n8nExecutionId: string,
		error: TaskError,
		n8nInstance?: string,
	): Promise<number> {
		const sql = 'select orchestrator.abandon_n8n_execution($1, $2, $3) as answer';
		return this.gateway.answer(z.number(), sql, [n8nInstance, n8nExecutionId, JSON.stringify(error)]);
	}
}
