import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import {
	GRACE_SECONDS,
	InvalidInputError,
	LEASE_SECONDS,
	MAX_WAIT_SECONDS,
	ON_BUSY,
	parseLimited,
	parseLockName,
	PERMITS,
} from '../../core';
import { parseParameters } from '../shared/parameter-error';

const acquireOptions = z.object({
	leaseSeconds: z.unknown().transform((value) => parseLimited(LEASE_SECONDS, value)),
	maxWaitSeconds: z.unknown().transform((value) => parseLimited(MAX_WAIT_SECONDS, value)),
	graceSeconds: z.unknown().transform((value) => parseLimited(GRACE_SECONDS, value)),
	permits: z.unknown().transform((value) => parseLimited(PERMITS, value, true)),
	holdWhileWaiting: z.boolean().default(false),
	addLockToItems: z.boolean().default(false),
	ifAnotherWaits: z.enum(['skip', 'fail']).default('skip'),
	callerExecutionId: z.coerce.string().trim().default(''),
});

const policy = z.object({ onBusy: z.enum(ON_BUSY) });

const releaseOptions = z.object({
	force: z.boolean().default(false),
	fencingToken: z.int().positive().nullable().default(null),
});

/** Parameters of Acquire and Ensure. Throws before anything is asked of the database. */
export function readAcquire(host: IExecuteFunctions) {
	return {
		lock: readLock(host),
		...parseParameters(policy, { onBusy: host.getNodeParameter('onBusy', 0) }),
		...parseParameters(acquireOptions, host.getNodeParameter('options', 0, {})),
	};
}
export type AcquireParameters = ReturnType<typeof readAcquire>;

export function readRelease(host: IExecuteFunctions) {
	return {
		lock: readLock(host),
		...parseParameters(releaseOptions, host.getNodeParameter('options', 0, {})),
	};
}

/** One name for all items: the lock is taken once. Only an expression can differ from item to item. */
function readLock(host: IExecuteFunctions): string {
	const lock = parseLockName(host.getNodeParameter('lock', 0));
	const { lock: written } = host.getNode().parameters;
	if (typeof written !== 'string' || !written.startsWith('=')) return lock;
	host.getInputData().forEach((_item, index) => {
		const other = parseLockName(host.getNodeParameter('lock', index));
		if (other === lock) return;
		throw new InvalidInputError(
			`The lock name differs between items: “${lock}” for item 0, “${other}” for item ${index}.`,
			'Use one name for all items, or send them here one at a time (Loop Over Items).',
		);
	});
	return lock;
}
