import type { Zombie, ZombieFilter } from './run';

export interface StoppedZombie {
	n8nExecutionId: string;
	/** False: n8n was asked, and it still runs. */
	ended: boolean;
}

/** An n8n whose public API may be asked. */
export interface N8nAccess {
	/** Without a slash at its end and without /api/v1. */
	baseUrl: string;
	apiKey: string;
}

/** Asks an n8n to stop one execution. True: it runs no more: stopped now, ended before, or unknown there. */
export type StopExecution = (n8nExecutionId: string) => Promise<boolean>;

/** Where executions that were taken away are known (S10). */
export interface ZombieRegister {
	zombies(request?: ZombieFilter): Promise<Zombie[]>;
	noteZombie(executionId: string, ended: boolean): Promise<boolean>;
}

/**
 * Asks one n8n to stop executions that were taken away and may still run, newest first, and notes what it answered (S10). What
 * runs in another n8n is left alone: the same id is a stranger's execution here, or none. An n8n that cannot be asked ends it:
 * what was noted before stays, the next look goes on.
 */
export async function stopZombies(
	register: ZombieRegister,
	stop: StopExecution,
	/** `n8nInstance`: the n8n that `stop` asks; null = nobody knows which one that is. */
	request: ZombieFilter & { n8nInstance: string | null },
): Promise<StoppedZombie[]> {
	const stopped: StoppedZombie[] = [];
	for (const { executionId, n8nExecutionId } of await register.zombies(request)) {
		const ended = await stop(n8nExecutionId);
		await register.noteZombie(executionId, ended);
		stopped.push({ n8nExecutionId, ended });
	}
	return stopped;
}

/** Executions of n8n that one instance knows nothing of. */
export interface ZombiesElsewhere {
	n8nInstance: string;
	n8nExecutionIds: string[];
}

/** Those that are known to run in another n8n than this one, by instance. Null = it is not known which one this is. */
export function zombiesElsewhere(zombies: readonly Zombie[], here: string | null): ZombiesElsewhere[] {
	const byInstance = new Map<string, string[]>();
	for (const { n8nInstance, n8nExecutionId } of zombies) {
		if (n8nInstance === null || n8nInstance === here) continue;
		byInstance.set(n8nInstance, [...(byInstance.get(n8nInstance) ?? []), n8nExecutionId]);
	}
	return [...byInstance].map(([n8nInstance, n8nExecutionIds]) => ({ n8nInstance, n8nExecutionIds }));
}
