import { type ClaimPolicy, modelClaim } from './claim-model';
import type { ClaimSnapshot, KeyGates, TypeGates } from './claim-snapshot';
import { type Gate, gatesOfSlots, gatesOfType, pausedKey, shareGate } from './explain';

/** Why a claim took nothing of one type. */
export interface IdleReason {
	/** Null: it concerns every type. */
	workflowType: string | null;
	reason: Gate | 'no_eligible_task' | 'no_quota' | 'claimable';
	because: string;
	/** When it ends; null = nobody can tell. */
	earliestAt: Date | null;
}

/** One reason a type that waits or that the plan names; `claimable` = nothing holds it now, the claim lost a race. */
export function whyIdle(snapshot: ClaimSnapshot, policy: ClaimPolicy): IdleReason[] {
	if (policy.maxExecutions <= 0 || policy.quotas.length === 0) {
		const because = 'The plan allows no execution.';
		return [{ workflowType: null, reason: 'no_quota', because, earliestAt: null }];
	}
	const led = new Set(modelClaim(snapshot, policy).map((each) => each.workflowType));
	const reasons: IdleReason[] = [];
	for (const type of snapshot.types) {
		const { workflowType } = type;
		const quota = policy.quotas.find((each) => each.workflowType === workflowType);
		const keys = snapshot.keys.filter((key) => key.workflowType === workflowType && hasWork(key));
		if (!quota && keys.length === 0) continue;
		const planned = (quota?.maxExecutions ?? 0) > 0;
		reasons.push({ workflowType, ...reasonOf(type, keys, planned, snapshot, led.has(workflowType)) });
	}
	return reasons;
}

type Reason = Omit<IdleReason, 'workflowType'>;

function reasonOf(
	type: TypeGates,
	keys: readonly KeyGates[],
	planned: boolean,
	snapshot: ClaimSnapshot,
	led: boolean,
): Reason {
	if (keys.length === 0) return noWork(type);
	if (!planned)
		return {
			reason: 'no_quota',
			because: `The plan allows nothing of type ${type.workflowType}.`,
			earliestAt: null,
		};
	const open = keys.filter((key) => key.pause === null);
	const paused = keys.flatMap((key) => (key.pause ? [pausedKey(key.fairKey, key.pause)] : []));
	const [gate] = [
		...gatesOfType(type),
		...(open.length === 0 ? paused : []),
		...gatesOfSlots(snapshot),
		...(led ? [] : open.flatMap((key) => shareGate(snapshot, key.fairKey) ?? []).slice(0, 1)),
	];
	if (gate) return { reason: gate.gate, because: gate.because, earliestAt: gate.opensAt };
	return led
		? { reason: 'claimable', because: 'Nothing holds it: another claim came first.', earliestAt: snapshot.at }
		: { reason: 'tasks_ahead', because: 'Tasks of other types come first.', earliestAt: null };
}

function noWork({ workflowType, nextDueAt }: TypeGates): Reason {
	if (nextDueAt === null)
		return {
			reason: 'no_eligible_task',
			because: `Type ${workflowType} has no waiting task.`,
			earliestAt: null,
		};
	const because = `The next task of type ${workflowType} is due at ${nextDueAt.toISOString()}.`;
	return { reason: 'not_due', because, earliestAt: nextDueAt };
}

function hasWork(key: KeyGates): boolean {
	return key.line.some((task) => !task.expired);
}
