import type { ModelRef } from '../contract';
import type { ClaimQuota } from '../queue/claim';
import { rankModels } from '../resources/models';
import type { Snapshot, TypeSnapshot } from '../resources/snapshot';

/** The decision about one type, always with its reason. */
export type TypeDecision =
	| ({ due: true; reason: string } & ClaimQuota)
	| { due: false; workflowType: string; reason: RefusalReason; earliestAt: Date | null };

/** The first three say that a claim would find nothing of this type; the others, what holds what it would find. */
export type RefusalReason =
	| 'no_eligible_task'
	| 'not_due'
	| 'key_paused'
	| 'paused'
	| 'no_endpoint'
	| 'cadence'
	| 'type_concurrency'
	| 'global_concurrency';

/** Without work no limit matters: a run that meets only these is idle. */
const WITHOUT_WORK: readonly RefusalReason[] = ['no_eligible_task', 'not_due'];

/** `ready`: something may start. `throttled`: there is work, but a limit holds it. `idle`: there is no work. */
export interface RunPlan {
	verdict: 'ready' | 'throttled' | 'idle';
	maxExecutions: number;
	decisions: TypeDecision[];
	models: ModelRef[];
}

/** Decides from a snapshot what may start now, with a reason for every type. The claim re-checks all of it. */
export function planRun(snapshot: Snapshot, options: { maxExecutions?: number } = {}): RunPlan {
	const maxExecutions = Math.max(
		0,
		Math.min(snapshot.slots.free, options.maxExecutions ?? snapshot.slots.total),
	);
	const decisions = snapshot.types.map((type) => decideType(type, maxExecutions, snapshot.at));
	return { verdict: verdictOf(decisions), maxExecutions, decisions, models: rankModels(snapshot.models) };
}

function decideType(type: TypeSnapshot, maxExecutions: number, at: Date): TypeDecision {
	const refusal = refusalOf(type, maxExecutions, at);
	if (refusal) return { due: false, workflowType: type.workflowType, ...refusal };
	const batchSize = Math.max(1, Math.min(10, type.batchSize, type.eligible));
	const wanted = Math.ceil(type.eligible / batchSize);
	const executions = Math.min(maxExecutions, type.maxConcurrent - type.running, wanted);
	const reason = `${type.eligible} eligible, ${type.running} of ${type.maxConcurrent} running`;
	return { due: true, reason, workflowType: type.workflowType, batchSize, maxExecutions: executions };
}

/** The first gate that holds the type; whether there is work comes first, because without work no limit matters. */
function refusalOf(
	type: TypeSnapshot,
	maxExecutions: number,
	at: Date,
): { reason: RefusalReason; earliestAt: Date | null } | null {
	if (type.eligible === 0) return withoutWork(type);
	if (type.paused) return { reason: 'paused', earliestAt: null };
	if (!type.hasEndpoint) return { reason: 'no_endpoint', earliestAt: null };
	const nextStart = nextCadence(type);
	if (nextStart && nextStart > at) return { reason: 'cadence', earliestAt: nextStart };
	if (type.running >= type.maxConcurrent) return { reason: 'type_concurrency', earliestAt: null };
	if (maxExecutions === 0) return { reason: 'global_concurrency', earliestAt: null };
	return null;
}

function withoutWork({ heldByPausedKeys, nextDueAt }: TypeSnapshot): {
	reason: RefusalReason;
	earliestAt: Date | null;
} {
	if (heldByPausedKeys) return { reason: 'key_paused', earliestAt: null };
	return { reason: nextDueAt ? 'not_due' : 'no_eligible_task', earliestAt: nextDueAt };
}

function nextCadence(type: TypeSnapshot): Date | null {
	if (type.cadenceSeconds === null || type.lastClaimedAt === null) return null;
	return new Date(type.lastClaimedAt.getTime() + type.cadenceSeconds * 1000);
}

function verdictOf(decisions: readonly TypeDecision[]): RunPlan['verdict'] {
	if (decisions.some((decision) => decision.due)) return 'ready';
	return decisions.some((decision) => !decision.due && !WITHOUT_WORK.includes(decision.reason))
		? 'throttled'
		: 'idle';
}
