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
	return pointsInMs(task, now) / MINUTE_MS;
}

const MINUTE_MS = 60_000;

/** The score counted in milliseconds of waiting: whole numbers, so that equal scores are equal, as in the database's numeric. */
function pointsInMs({ priority, eligibleAt }: Pick<Ranked, 'priority' | 'eligibleAt'>, now: Date): number {
	const ageMs = now.getTime() - eligibleAt.getTime();
	const boost = ageMs > STARVATION_MINUTES * MINUTE_MS ? STARVATION_BOOST : 0;
	return (priority * POINTS_PER_PRIORITY + boost) * MINUTE_MS + ageMs;
}

/** Sorts the next one first: score, then the earlier due, then the lower id. */
export function compareRank(a: Ranked, b: Ranked, now: Date): number {
	const byScore = pointsInMs(b, now) - pointsInMs(a, now);
	if (byScore !== 0) return byScore;
	const byDue = a.eligibleAt.getTime() - b.eligibleAt.getTime();
	if (byDue !== 0) return byDue;
	return BigInt(a.taskId) < BigInt(b.taskId) ? -1 : 1;
}
