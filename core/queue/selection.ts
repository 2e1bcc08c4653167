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

/** The tasks of the next execution: the best head decides the type, its type's best follow. */
export function nextBatch<T extends Candidate>(tasks: readonly T[], batchSize: number, now: Date): T[] {
	const order = mergeHeads(tasks, now);
	return order.filter((task) => task.workflowType === order[0]?.workflowType).slice(0, batchSize);
}

/** S6: executions one fair key may hold while others contend; alone it may hold them all. */
export function shareCap(weight: number, contendingWeights: readonly number[], slots: number): number {
	if (contendingWeights.length <= 1) return slots;
	const total = contendingWeights.reduce((sum, each) => sum + each, 0);
	return Math.max(1, Math.ceil((weight / total) * slots));
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
