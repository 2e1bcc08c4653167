/** One point of priority is worth this many minutes of waiting (requirement 4.1). */
export const POINTS_PER_PRIORITY = 10;
/** Waiting longer than this adds the boost (requirement 4.2). */
export const STARVATION_MINUTES = 30;
export const STARVATION_BOOST = 50;

/** What the order of the queue depends on. */
export interface Ranked {
	/** Bigint as text. */
	taskId: string;
	priority: number;
	eligibleAt: Date;
}

/** S5: `priority*10 + age in minutes (+50 once the age exceeds 30 min)`; fractional, so that order never flips between two looks. */
export function score(task: Pick<Ranked, 'priority' | 'eligibleAt'>, now: Date): number {
	const ageMinutes = (now.getTime() - task.eligibleAt.getTime()) / 60_000;
	const boost = ageMinutes > STARVATION_MINUTES ? STARVATION_BOOST : 0;
	return task.priority * POINTS_PER_PRIORITY + ageMinutes + boost;
}

/** Sorts the next one first: score, then the earlier due, then the lower id. */
export function compareRank(a: Ranked, b: Ranked, now: Date): number {
	const byScore = score(b, now) - score(a, now);
	if (byScore !== 0) return byScore;
	const byDue = a.eligibleAt.getTime() - b.eligibleAt.getTime();
	if (byDue !== 0) return byDue;
	return BigInt(a.taskId) < BigInt(b.taskId) ? -1 : 1;
}
