/** How long failures wait; seconds throughout. */
export interface BackoffPolicy {
	baseSeconds: number;
	ceilingSeconds: number;
	/** Half width of the jitter: ± this much. */
	jitterSeconds: number;
}

/** S4: 1, 2, 4, 8 min (ceiling 16) ± 30 s. Registered per workflow type; these are the defaults. */
export const FAILURE_BACKOFF: BackoffPolicy = { baseSeconds: 60, ceilingSeconds: 960, jitterSeconds: 30 };

/** S3: a delivery series waits 1, 2, 4 min, without jitter: requirement 1.6 names the minutes. */
export const DELIVERY_BACKOFF: BackoffPolicy = { baseSeconds: 60, ceilingSeconds: 960, jitterSeconds: 0 };

/**
 * Seconds until the next try after `failures` failures (1 or more); never negative.
 * `draw` is uniform in [0, 1): 0.5 means no jitter. Same formula as SQL `backoff_seconds`.
 */
export function backoffSeconds(policy: BackoffPolicy, failures: number, draw: number): number {
	const steps = Math.min(Math.max(failures, 1), 30) - 1;
	const waiting = Math.min(policy.ceilingSeconds, policy.baseSeconds * 2 ** steps);
	return Math.max(0, waiting + (draw * 2 - 1) * policy.jitterSeconds);
}
