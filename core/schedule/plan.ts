import type { ModelRef } from '../contract';
import type { ClaimQuota } from '../queue/claim';
import { leastLoad, rankModels } from '../resources/models';
import type { QueueMode, Snapshot, TypeSnapshot } from '../resources/snapshot';
import { decideBatchSize } from './batch-size';
import { nextQueueMode, type PlanWarning, queueWarnings } from './queue-mode';

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
	/** To be told when the run is completed: the next one begins with it. */
	mode: QueueMode;
	warnings: PlanWarning[];
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
	const mode = nextQueueMode(snapshot.queue.queued, snapshot.queue.mode);
	const refusals = snapshot.types.map((type) => refusalOf(type, maxExecutions, snapshot.at));
	const contenders = refusals.filter((refusal) => refusal === null).length;
	const context = { mode, maxExecutions, contenders, modelLoad: leastLoad(snapshot.models) };
	const decisions = snapshot.types.map((type, n): TypeDecision => {
		const refusal = refusals[n];
		return refusal ? { due: false, workflowType: type.workflowType, ...refusal } : admit(type, context);
	});
	return {
		verdict: verdictOf(decisions),
		mode,
		warnings: queueWarnings(snapshot.queue),
		maxExecutions,
		decisions,
		models: rankModels(snapshot.models),
	};
}

/** What all types of one plan have in common. */
interface PlanContext {
	mode: QueueMode;
	maxExecutions: number;
	/** Types that may start now; they share the free slots. */
	contenders: number;
	modelLoad: number;
}

function admit(
	type: TypeSnapshot,
	{ mode, maxExecutions, contenders, modelLoad }: PlanContext,
): TypeDecision {
	const { workflowType, eligible, running, maxConcurrent } = type;
	const room = Math.min(maxExecutions, maxConcurrent - running);
	// A cadence lets one execution start at a time, so whatever waits must go into that one.
	const slots = type.cadenceSeconds === null ? Math.min(room, Math.ceil(maxExecutions / contenders)) : 1;
	const { size, because } = decideBatchSize({ ...type, mode, slots, modelLoad });
	const reason = `${eligible} eligible, ${running} of ${maxConcurrent} running, ${size} a batch (${because})`;
	const executions = Math.min(room, Math.ceil(eligible / size));
	return { due: true, reason, workflowType, batchSize: size, maxExecutions: executions };
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
