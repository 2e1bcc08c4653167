import type { IExecuteFunctions } from 'n8n-workflow';
import { withOrchestrator } from '../shared/orchestrator';
import { ownerOf } from './identity';
import { keeperOf } from './keepers';
import type { readRelease } from './parameters';

/** Undoes one acquire of this execution, or opens the lock by hand. Not holding it is no error: it is logged. */
export async function releaseLock(
	host: IExecuteFunctions,
	{ lock, force, fencingToken }: ReturnType<typeof readRelease>,
): Promise<void> {
	await withOrchestrator(host, async ({ mutexes }) => {
		if (force) {
			const opened = await mutexes.forceRelease(lock, fencingToken);
			host.logger.warn(`The lock “${lock}” was opened by hand; holders removed: ${opened}.`);
			return;
		}
		const left = await mutexes.release(lock, { ...ownerOf(host), session: null });
		if (left === null) host.logger.warn(`The lock “${lock}” was not held when it was released.`);
		if (left === 0) await keeperOf(host, lock)?.stop();
	});
}
