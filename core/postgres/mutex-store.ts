import { z } from 'zod/v4';
import type { MutexAnswer, MutexRef, MutexReport, MutexRequest } from '../mutex';
import type { MutexPort } from '../orchestrator';
import type { Gateway } from './gateway';
import { mutexReport } from './mutex-rows';
import { type MutexTraffic, trafficOf } from './mutex-traffic';

const leaseEnd = z.date().nullable();
const count = z.int();
const countOrNone = count.nullable();

/** Named locks on Postgres: every decision on the lock's locked row. */
export class MutexStore implements MutexPort {
	private readonly traffic: MutexTraffic;

	constructor(private readonly gateway: Gateway) {
		this.traffic = trafficOf(gateway);
	}

	async acquire(request: MutexRequest): Promise<MutexAnswer> {
		return this.traffic.acquires.ask({ ...request, mode: 'acquire' });
	}

	async ensure(request: MutexRequest): Promise<MutexAnswer> {
		return this.traffic.acquires.ask({ ...request, mode: 'ensure' });
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

	async release(lock: string, ref: MutexRef, options: { all?: boolean } = {}): Promise<number | null> {
		const { left } = await this.traffic.releases.ask({ ...ref, lock, all: options.all ?? false });
		return left;
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
		return this.gateway.answers(mutexReport, sql, [lock]);
	}

	async clean(limit = 100): Promise<number> {
		return this.gateway.answer(count, 'select orchestrator.clean_mutexes($1) as answer', [limit]);
	}
}
