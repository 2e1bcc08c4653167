import { z } from 'zod/v4';
import { parseLockName } from '../../../core';
import { defineOnce } from '../../shared/action';
import { toJson } from '../../shared/json';

/** Reads a lock, or all that are held or waited for. Changes nothing. A lock nobody ever asked for is null. */
export const inspect = defineOnce({
	parameters: z.object({ lock: z.string().transform((name) => (name === '' ? null : parseLockName(name))) }),
	groupOf: ({ parameters }) => parameters.lock ?? '',
	async perform({ parameters: { lock } }, { orchestrator }) {
		const { mutexes } = await orchestrator();
		const reports = (await mutexes.inspect(lock)).map(toJson);
		return (json) => ({
			json: { ...json, ...(lock === null ? { locks: reports } : { lock: reports[0] ?? null }) },
		});
	},
});
