import { z } from 'zod/v4';
import {
	type MutexAnswer,
	type MutexHolder,
	type MutexRef,
	type MutexReport,
	type MutexRequest,
	WAITER_MS,
} from '../mutex';
import type { MutexPort } from '../orchestrator';
import { type Gateway, instant } from './gateway';

const holder: z.ZodType<MutexHolder> = z.object({
	instance: z.string(),
	executionId: z.string(),
	workflowId: z.string(),
	workflowName: z.string(),
	nodeName: z.string(),
	parentExecutionId: z.string().nullable(),
	fencingToken: z.int(),
	count: z.int(),
	status: z.enum(['held', 'parked', 'draining']),
	acquiredAt: instant,
	renewedAt: instant,
	leaseUntil: instant,
});

const answer: z.ZodType<MutexAnswer> = z.discriminatedUnion('outcome', [
	z.object({
		outcome: z.literal('acquired'),
		how: z.enum(['new', 'own', 'caller']),
		fencingToken: z.int(),
		acquiredAt: instant,
		leaseUntil: instant,
		count: z.int(),
		waitedMs: z.int(),
	}),
	z.object({
		outcome: z.literal('busy'),
		reason: z.enum(['held', 'draining', 'waiters_first', 'another_waits']),
		holders: z.array(holder),
		retryAt: instant.nullable(),
	}),
]);

const report: z.ZodType<MutexReport> = z.object({
	lock: z.string(),
	permits: z.int(),
	acquisitions: z.int(),
	lastToken: z.int(),
	holders: z.array(holder),
	overdue: z.array(holder),
	waiters: z.array(
		z.object({
			instance: z.string(),
			workflowId: z.string(),
			workflowName: z.string(),
			executionId: z.string(),
			nodeName: z.string(),
			since: instant,
		}),
	),
	contention: z.array(
		z.object({
			workflowId: z.string(),
			workflowName: z.string(),
			blockedById: z.string(),
			blockedByName: z.string(),
			waited: z.int(),
			gaveUp: z.int(),
			skipped: z.int(),
			failed: z.int(),
			waitedMsTotal: z.int(),
			waitedMsMax: z.int(),
			lastAt: instant,
		}),
	),
	incidents: z.array(
		z.object({
			kind: z.enum(['expired', 'drained', 'opened', 'forced']),
			at: instant,
			fencingToken: z.int(),
			holder,
		}),
	),
});

const leaseEnd = z.date().nullable();
const count = z.int();
const countOrNone = count.nullable();

/** Named locks on Postgres: one function a call, every decision on the lock's locked row. */
export class MutexStore implements MutexPort {
	constructor(private readonly gateway: Gateway) {}

	async acquire(request: MutexRequest): Promise<MutexAnswer> {
		return this.ask(request, 'acquire');
	}

	async ensure(request: MutexRequest): Promise<MutexAnswer> {
		return this.ask(request, 'ensure');
	}

	async renew(lock: string, ref: MutexRef, leaseMs: number): Promise<Date | null> {
		const sql = 'select orchestrator.mutex_renew($1, $2, $3) as answer';
		return this.gateway.answer(leaseEnd, sql, [lock, JSON.stringify(ref), Math.round(leaseMs)]);
	}

	async park(lock: string, ref: MutexRef, until: Date): Promise<Date | null> {
		const sql = 'select orchestrator.mutex_park($1, $2, $3) as answer';
		return this.gateway.answer(leaseEnd, sql, [lock, JSON.stringify(ref), until]);
	}

	async drain(lock: string, ref: MutexRef, graceMs: number): Promise<Date | null> {
		const sql = 'select orchestrator.mutex_drain($1, $2, $3) as answer';
		return this.gateway.answer(leaseEnd, sql, [lock, JSON.stringify(ref), Math.round(graceMs)]);
	}

	/** Not flushed at once: a release that a crash of the server undoes is a lock that its lease opens, as after SIGKILL. */
	async release(lock: string, ref: MutexRef, options: { all?: boolean } = {}): Promise<number | null> {
		const sql = 'select orchestrator.mutex_release($1, $2, $3, true) as answer';
		return this.gateway.answer(countOrNone, sql, [lock, JSON.stringify(ref), options.all ?? false]);
	}

	async forceRelease(lock: string, fencingToken: number | null = null): Promise<number> {
		const sql = 'select orchestrator.mutex_force_release($1, $2) as answer';
		return this.gateway.answer(count, sql, [lock, fencingToken]);
	}

	async stopWaiting(lock: string, ref: MutexRef): Promise<number | null> {
		const sql = 'select orchestrator.mutex_stop_waiting($1, $2)::integer as answer';
		return this.gateway.answer(countOrNone, sql, [lock, JSON.stringify(ref)]);
	}

	async inspect(lock: string | null = null): Promise<MutexReport[]> {
		const sql = 'select orchestrator.mutex_inspect($1) as answer';
		return this.gateway.answers(report, sql, [lock]);
	}

	async clean(limit = 100): Promise<number> {
		return this.gateway.answer(count, 'select orchestrator.clean_mutexes($1) as answer', [limit]);
	}

	private async ask(request: MutexRequest, mode: 'acquire' | 'ensure'): Promise<MutexAnswer> {
		const call = { ...request, leaseMs: Math.round(request.leaseMs), waiterMs: WAITER_MS, mode };
		return this.gateway.answer(answer, 'select orchestrator.mutex_acquire($1) as answer', [
			JSON.stringify(call),
		]);
	}
}
