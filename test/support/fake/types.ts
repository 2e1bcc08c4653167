import { DELIVERY_BACKOFF, FAILURE_BACKOFF } from '../../../core';
import type { FakeType } from './world';

/** “seo_monitor” → “Seo Monitor”. */
const titleOf = (name: string) =>
	name.replace(/_/g, ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/** A type as `insert into orchestrator.workflow_types` makes it. */
export function newType(workflowType: string): FakeType {
	return {
		workflowType,
		title: titleOf(workflowType),
		weight: 1,
		pause: null,
		maxConcurrent: 3,
		batchSize: 2,
		batchMax: 10,
		cadenceSeconds: null,
		maxAttempts: 5,
		limitSeconds: 300,
		queueLimitSeconds: null,
		dispatchLeaseSeconds: 30,
		workLeaseSeconds: 90,
		backoffBaseSeconds: FAILURE_BACKOFF.baseSeconds,
		backoffCeilingSeconds: FAILURE_BACKOFF.ceilingSeconds,
		backoffJitterSeconds: FAILURE_BACKOFF.jitterSeconds,
		deliveryBackoffSeconds: DELIVERY_BACKOFF.baseSeconds,
		deliveryRetries: 3,
		deadLetterDays: 30,
	};
}
