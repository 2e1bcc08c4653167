import { randomUUID } from 'node:crypto';
import type { MutexAcquired, MutexAnswer, MutexBusy, MutexRef, MutexRequest, Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';

export const LOCK = 'crm sync';

/** A request of one execution; the workflow is `wf <letter of the execution>`. */
export function request(executionId: string, over: Partial<MutexRequest> = {}): MutexRequest {
	return {
		lock: LOCK,
		instance: 'instance-1',
		executionId,
		era: '1',
		session: randomUUID(),
		workflowId: `wf-${executionId}`,
		workflowName: `Workflow ${executionId}`,
		nodeName: 'Acquire',
		callers: [],
		permits: 1,
		leaseMs: 60_000,
		onBusy: 'skip',
		...over,
	};
}

export function refOf({ instance, executionId, era, session }: MutexRequest): MutexRef {
	return { instance, executionId, era, session };
}

export async function take(orchestrator: Orchestrator, asked: MutexRequest): Promise<MutexAcquired> {
	return acquired(await orchestrator.mutexes.acquire(asked));
}

export function acquired(answer: MutexAnswer): MutexAcquired {
	if (answer.outcome !== 'acquired') throw new Error(`busy: ${answer.reason}`);
	return answer;
}

export function busy(answer: MutexAnswer): MutexBusy {
	if (answer.outcome !== 'busy') throw new Error(`acquired with token ${answer.fencingToken}`);
	return answer;
}

export async function emptyLocks(database: TestDatabase): Promise<void> {
	await database.query(`truncate orchestrator.mutexes, orchestrator.mutex_waiters,
		orchestrator.mutex_contention, orchestrator.mutex_incidents`);
}

/** Lets the leases of an execution's holds have run out just now; null = of all. */
export async function expire(database: TestDatabase, executionId: string | null = null): Promise<void> {
	await database.query(
		`update orchestrator.mutexes set holds = array(
			select jsonb_populate_record(h, case when h.execution_id = coalesce($1, h.execution_id)
				then jsonb_build_object('lease_until', clock_timestamp() - interval '1 millisecond') else '{}' end)
			from unnest(holds) h)`,
		[executionId],
	);
}
