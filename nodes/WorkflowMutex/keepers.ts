import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { Orchestrator } from '../../core';
import { type Execution, type Hold, LockKeeper } from './lock-keeper';

/**
 * Keepers of the executions that run in this process. The key is n8n's cancel signal: one object per stretch of an
 * execution between two Waits, so a resumed execution never meets a keeper of before. Disposable: without an entry, a
 * later acquire gets a keeper of its own and the database tells the earlier one that it is no longer in charge.
 */
const keepers = new WeakMap<object, Map<string, LockKeeper>>();

/** The live keeper of this execution for a lock, if there is one. */
export function keeperOf(host: IExecuteFunctions, lock: string): LockKeeper | undefined {
	const keeper = ofExecution(host)?.get(keyOf(host, lock));
	return keeper?.live === true ? keeper : undefined;
}

/**
 * Keeps the lock until the execution ends, and then gives the database back. Where n8n cannot tell the end, nothing is
 * renewed: the lease then bounds the hold.
 */
export async function startKeeper(
	host: IExecuteFunctions,
	orchestrator: Orchestrator,
	hold: Hold,
	askedAt: Date,
): Promise<void> {
	if (host.onExecutionFinish === undefined) {
		host.logger.warn(
			`n8n does not tell when this execution ends: the lock “${hold.lock}” opens with its lease.`,
		);
		return await orchestrator.close();
	}
	const keeper = new LockKeeper(orchestrator.mutexes, executionOf(host), hold, {
		askedAt,
		onDone: async () => {
			if (ofExecution(host)?.get(keyOf(host, hold.lock)) === keeper)
				ofExecution(host)?.delete(keyOf(host, hold.lock));
			await orchestrator.close();
		},
	});
	ofExecution(host)?.set(keyOf(host, hold.lock), keeper);
	host.onExecutionFinish(async () => await keeper.end());
}

const parked = z.object({ runExecutionData: z.object({ waitTill: z.coerce.date() }) });

/** n8n keeps the wake time beside the context, undocumented: without it a parked execution looks like a running one. */
function executionOf(host: IExecuteFunctions): Execution {
	const signal = host.getExecutionCancelSignal();
	return {
		wakesAt: () => {
			const run = parked.safeParse(host);
			return run.success ? run.data.runExecutionData.waitTill : null;
		},
		stopped: () => signal?.aborted,
		note: (text) => host.customData?.set('lockLost', text.slice(0, 250)),
		logger: host.logger,
	};
}

function ofExecution(host: IExecuteFunctions): Map<string, LockKeeper> | undefined {
	const signal = host.getExecutionCancelSignal();
	if (signal === undefined) return undefined;
	const found = keepers.get(signal) ?? new Map<string, LockKeeper>();
	keepers.set(signal, found);
	return found;
}

function keyOf(host: IExecuteFunctions, lock: string): string {
	return JSON.stringify([host.getNode().credentials?.orchestratorPostgres?.id ?? null, lock]);
}
