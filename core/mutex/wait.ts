/** First pause between two looks at a taken lock. */
const FIRST_PAUSE_MS = 100;
/** Longest pause: what a waiter loses at most after a release. */
const LONGEST_PAUSE_MS = 1000;
const GROWTH = 1.6;
/** Half width of the jitter, as a part of the pause: waiters that began together drift apart. */
const JITTER = 0.25;

/** A waiter that has not asked for this long no longer counts; several times the longest pause. */
export const WAITER_MS = 5000;

/**
 * Pause before look number `attempt` (1 = the second look), in ms; null = the time is over.
 * `draw` is uniform in [0, 1): 0.5 means no jitter. The last look is made when the time ends, not before.
 */
export function nextLookMs(wait: {
	attempt: number;
	waitedMs: number;
	maxWaitMs: number;
	draw: number;
}): number | null {
	const leftMs = wait.maxWaitMs - wait.waitedMs;
	if (leftMs <= 0) return null;
	const plain = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * GROWTH ** Math.min(wait.attempt - 1, 20));
	return Math.min(leftMs, plain * (1 + (wait.draw * 2 - 1) * JITTER));
}
