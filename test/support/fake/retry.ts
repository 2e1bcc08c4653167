import { type BackoffPolicy, FAILURE_BACKOFF } from '../../../core';
import type { FakeTask, World } from './world';

/** S3's and S4's numbers of one task: its overrides, else its type's. */
export interface RetryPolicy {
	maxAttempts: number;
	failure: BackoffPolicy;
	delivery: BackoffPolicy;
	deliveryRetries: number;
}

export function retryPolicy(world: World, { workflowType, overrides }: FakeTask): RetryPolicy {
	const type = world.type(workflowType);
	const baseSeconds = overrides.backoffBaseSeconds ?? type.backoffBaseSeconds;
	const ceilingSeconds = overrides.backoffCeilingSeconds ?? type.backoffCeilingSeconds;
	return {
		maxAttempts: overrides.maxAttempts ?? type.maxAttempts,
		failure: {
			baseSeconds,
			ceilingSeconds: Math.max(ceilingSeconds, baseSeconds),
			jitterSeconds: overrides.backoffJitterSeconds ?? type.backoffJitterSeconds,
		},
		delivery: {
			baseSeconds: type.deliveryBackoffSeconds,
			ceilingSeconds: Math.max(FAILURE_BACKOFF.ceilingSeconds, type.deliveryBackoffSeconds),
			jitterSeconds: 0,
		},
		deliveryRetries: overrides.deliveryRetries ?? type.deliveryRetries,
	};
}

/** S5: due time minus half of the wait before the last claim, so that a poison task does not lead for ever. */
export function retryEligibleAt(dueAt: Date, { eligibleAt, lastClaimedAt }: FakeTask): Date {
	const waitedMs = Math.max(0, (lastClaimedAt?.getTime() ?? 0) - eligibleAt.getTime());
	return new Date(dueAt.getTime() - waitedMs / 2);
}
