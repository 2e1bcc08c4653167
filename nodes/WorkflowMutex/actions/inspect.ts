import { z } from 'zod/v4';
import { describeLock, parseLockName } from '../../../core';
import { defineOnce } from '../../shared/action';
import { toJson } from '../../shared/json';

/** Reads a lock, or all that are held or waited for. Changes nothing. A lock nobody ever asked for is null. */
export const inspect = defineOnce({
	parameters: z.object({ lock: z.string().transform((name) => (name === '' ? null : parseLockName(name))) }),
	groupOf: ({ parameters }) => parameters.lock ?? '',
	async perform({ parameters: { lock } }, { orchestrator }) {
		const { mutexes } = await orchestrator();
		const reports = await mutexes.inspect(lock);
		const [first] = reports;
		const answer =
			lock === null
				? { message: `Locks held or waited for: ${reports.length}.`, locks: reports.map(toJson) }
				: { message: describeLock(lock, first), lock: first === undefined ? null : toJson(first) };
		return (json) => ({ json: { ...json, ...answer } });
	},
});
