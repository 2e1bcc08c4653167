import type { ClaimPlan } from './claim';
import type { ClaimSnapshot, DueTask, KeyGates, TypeGates } from './claim-snapshot';
import { compareRank } from './score';

/** One execution that a claim would make. */
export interface ModelExecution {
	workflowType: string;
	/** The key that leads it: its share of the slots is used. */
	fairKey: string;
	/** In the order of the envelope. */
	taskIds: string[];
}

export type ClaimPolicy = Pick<ClaimPlan, 'maxExecutions' | 'quotas'>;

interface Stream {
	key: KeyGates;
	tasks: DueTask[];
}

/** What SQL `default_claim_plan` allows: everything, with each type's own batch size. */
export function defaultPolicy(snapshot: ClaimSnapshot): ClaimPolicy {
	const maxExecutions = snapshot.slots.free;
	const open = snapshot.types.filter((type) => type.pause === null);
	return {
		maxExecutions,
		quotas: open.map(({ workflowType, batchSize }) => ({ workflowType, batchSize, maxExecutions })),
	};
}

/** A plan that holds nothing back, paused types and taken slots among it: what it does not take, a gate keeps. */
export function unboundedPolicy({ slots, types }: ClaimSnapshot): ClaimPolicy {
	const maxExecutions = slots.total;
	return {
		maxExecutions,
		quotas: types.map(({ workflowType, batchSize }) => ({ workflowType, batchSize, maxExecutions })),
	};
}

/**
 * S7: what SQL `claim` takes of this snapshot, execution by execution, when nobody else claims: gates of types and keys,
 * order (S5), share of the slots and of each batch (S6). The oracle of the property tests, and what Explain asks.
 */
export function modelClaim(snapshot: ClaimSnapshot, policy: ClaimPolicy): ModelExecution[] {
	const room = roomByType(snapshot, policy);
	const batchSizes = new Map(
		policy.quotas.map((quota) => [quota.workflowType, batchOf(snapshot, quota)] as const),
	);
	const streams = streamsOf(snapshot, room);
	const running = new Map(snapshot.keys.map((key) => [key.fairKey, key.running]));
	const executions: ModelExecution[] = [];
	for (let slot = 0; slot < Math.min(snapshot.slots.free, policy.maxExecutions); slot++) {
		const leader = takeLeader(streams, room, running, snapshot);
		if (!leader) break;
		const { fairKey, workflowType } = leader.key;
		const size = batchSizes.get(workflowType) ?? 1;
		const followers = takeFollowers(streams, leader.key, size, snapshot.at);
		executions.push({ workflowType, fairKey, taskIds: [leader.task.taskId, ...followers] });
		running.set(fairKey, (running.get(fairKey) ?? 0) + 1);
		room.set(workflowType, (room.get(workflowType) ?? 0) - 1);
	}
	return executions;
}

/** Executions that each type of the policy may start now; a type that a gate holds is missing. */
function roomByType(snapshot: ClaimSnapshot, policy: ClaimPolicy): Map<string, number> {
	const room = new Map<string, number>();
	for (const { workflowType, maxExecutions } of policy.quotas) {
		const type = snapshot.types.find((each) => each.workflowType === workflowType);
		if (!type || !isAdmissible(type)) continue;
		const atOnce = type.cadenceSeconds === null ? Infinity : 1;
		const most = Math.min(maxExecutions, type.maxConcurrent - type.running, atOnce);
		if (most > 0) room.set(workflowType, most);
	}
	return room;
}

function isAdmissible(type: TypeGates): boolean {
	return type.pause === null && type.hasEndpoint && type.cadenceOpensAt === null;
}

function batchOf(snapshot: ClaimSnapshot, quota: ClaimPolicy['quotas'][number]): number {
	const type = snapshot.types.find((each) => each.workflowType === quota.workflowType);
	return Math.max(1, Math.min(quota.batchSize, type?.batchMax ?? 1));
}

/** First come, first served inside one (key, priority); paused keys and held types have none. */
function streamsOf({ keys, at }: ClaimSnapshot, room: ReadonlyMap<string, number>): Stream[] {
	const open = keys.filter((key) => key.pause === null && room.has(key.workflowType));
	return open.flatMap((key) =>
		[...new Set(key.line.map((task) => task.priority))].map((priority) => ({
			key,
			tasks: key.line.filter((task) => task.priority === priority).sort((a, b) => compareRank(a, b, at)),
		})),
	);
}

/** How many executions (of the slots) or tasks (of a batch) each contending key may have; a missing key has no bound. */
export function shareCaps(contending: ReadonlyMap<string, number>, of: number): Map<string, number> {
	if (contending.size < 2) return new Map();
	const total = [...contending.values()].reduce((sum, each) => sum + each, 0);
	return new Map(
		[...contending].map(([key, weight]) => [key, Math.max(1, Math.ceil((weight * of) / total))]),
	);
}

/** Keys that wait for a slot now, with their weights. */
function contenders(streams: readonly Stream[], counts: (key: KeyGates) => boolean): Map<string, number> {
	const waiting = streams.filter(({ key, tasks }) => tasks.length > 0 && counts(key));
	return new Map(waiting.map(({ key }) => [key.fairKey, key.weight]));
}

/** The best head whose type has room and whose key is below its share of all slots. */
function takeLeader(
	streams: readonly Stream[],
	room: ReadonlyMap<string, number>,
	running: ReadonlyMap<string, number>,
	{ slots, at }: ClaimSnapshot,
): { key: KeyGates; task: DueTask } | null {
	const hasRoom = (key: KeyGates) => (room.get(key.workflowType) ?? 0) > 0;
	const caps = shareCaps(contenders(streams, hasRoom), slots.total);
	const below = (key: KeyGates) => (running.get(key.fairKey) ?? 0) < (caps.get(key.fairKey) ?? Infinity);
	for (;;) {
		const best = bestOf(streams, (key) => hasRoom(key) && below(key), at);
		const task = best?.tasks.shift();
		if (!best || !task) return null;
		if (!task.expired) return { key: best.key, task };
	}
}

/** The rest of a batch: rounds of picks, because what turns out to be expired gives its share back. */
function takeFollowers(streams: readonly Stream[], leader: KeyGates, size: number, at: Date): string[] {
	const ofType = streams.filter(({ key }) => key.workflowType === leader.workflowType);
	const caps = shareCaps(
		contenders(ofType, () => true),
		size,
	);
	const taken = new Map([[leader.fairKey, 1]]);
	const won: string[] = [];
	let lifted = false;
	while (won.length < size - 1) {
		const picks = pickRound(ofType, size - 1 - won.length, at, taken, lifted ? new Map() : caps);
		if (picks.length === 0 && lifted) break;
		if (picks.length === 0) lifted = true;
		for (const { key, task } of picks) {
			if (task.expired) taken.set(key.fairKey, (taken.get(key.fairKey) ?? 0) - 1);
			else won.push(task.taskId);
		}
	}
	return won;
}

function pickRound(
	streams: readonly Stream[],
	most: number,
	at: Date,
	taken: Map<string, number>,
	caps: ReadonlyMap<string, number>,
): Array<{ key: KeyGates; task: DueTask }> {
	const picks: Array<{ key: KeyGates; task: DueTask }> = [];
	const below = ({ fairKey }: KeyGates) => (taken.get(fairKey) ?? 0) < (caps.get(fairKey) ?? Infinity);
	while (picks.length < most) {
		const best = bestOf(streams, below, at);
		const task = best?.tasks.shift();
		if (!best || !task) break;
		picks.push({ key: best.key, task });
		taken.set(best.key.fairKey, (taken.get(best.key.fairKey) ?? 0) + 1);
	}
	return picks;
}

function bestOf(
	streams: readonly Stream[],
	admits: (key: KeyGates) => boolean,
	at: Date,
): Stream | undefined {
	let best: Stream | undefined;
	for (const stream of streams) {
		const head = stream.tasks[0];
		if (!head || !admits(stream.key)) continue;
		const leader = best?.tasks[0];
		if (!leader || compareRank(head, leader, at) < 0) best = stream;
	}
	return best;
}
