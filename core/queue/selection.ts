import { compareRank, type Ranked } from './score';

/** A queued task as the selection sees it. */
export interface Candidate extends Ranked {
	workflowType: string;
	fairKey: string;
}

/**
 * The order in which a claim takes tasks: a k-way merge over the heads of (fair key, priority). Inside one such stream
 * the order is first come, first served whatever the boost, because a score only rises with age. This is the model of
 * the SQL function `claim`: tests compare both, Explain will show it.
 */
export function mergeHeads<T extends Candidate>(tasks: readonly T[], now: Date): T[] {
	const streams = streamsOf(tasks);
	const order: T[] = [];
	for (;;) {
		const best = bestStream(streams, now);
		const head = best?.shift();
		if (!head) return order;
		order.push(head);
	}
}

/**
 * The tasks of the next execution: the best head decides the type, its type's best follow. While several fair keys have
 * tasks behind the leader, none fills more than its share of the batch; what the others cannot fill is anybody's (S6).
 */
export function nextBatch<T extends Candidate>(
	tasks: readonly T[],
	batchSize: number,
	now: Date,
	weightOf: (fairKey: string) => number = () => 1,
): T[] {
	const order = mergeHeads(tasks, now);
	const leader = order[0];
	if (!leader) return [];
	const followers = order.filter((task) => task !== leader && task.workflowType === leader.workflowType);
	const contending = [...new Set(followers.map((task) => task.fairKey))];
	const weights = contending.map(weightOf);
	const taken = new Map([[leader.fairKey, 1]]);
	const batch = [leader];
	const take = (task: T) => {
		if (batch.length >= batchSize) return;
		batch.push(task);
		taken.set(task.fairKey, (taken.get(task.fairKey) ?? 0) + 1);
	};
	for (const task of followers) {
		const cap = shareCap(weightOf(task.fairKey), weights, batchSize);
		if (contending.length === 1 || (taken.get(task.fairKey) ?? 0) < cap) take(task);
	}
	for (const task of followers) if (!batch.includes(task)) take(task);
	return batch;
}

/** S6: how much of `of` (slots, tasks of a batch) one fair key may hold while others contend; alone it may hold all. */
export function shareCap(weight: number, contendingWeights: readonly number[], of: number): number {
	if (contendingWeights.length <= 1) return of;
	const total = contendingWeights.reduce((sum, each) => sum + each, 0);
	return Math.max(1, Math.ceil((weight * of) / total));
}

function streamsOf<T extends Candidate>(tasks: readonly T[]): T[][] {
	const streams = new Map<string, T[]>();
	for (const task of tasks) {
		const key = `${task.fairKey}\n${task.priority}`;
		streams.set(key, [...(streams.get(key) ?? []), task]);
	}
	for (const stream of streams.values()) stream.sort(firstComeFirst);
	return [...streams.values()];
}

function firstComeFirst(a: Ranked, b: Ranked): number {
	return a.eligibleAt.getTime() - b.eligibleAt.getTime() || (BigInt(a.taskId) < BigInt(b.taskId) ? -1 : 1);
}

function bestStream<T extends Candidate>(streams: T[][], now: Date): T[] | undefined {
	let best: T[] | undefined;
	for (const stream of streams) {
		const head = stream[0];
		const leader = best?.[0];
		if (head && (!leader || compareRank(head, leader, now) < 0)) best = stream;
	}
	return best;
}
