import type { Zombie } from './run';

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
	zombies(request?: { limit?: number }): Promise<Zombie[]>;
	noteZombie(executionId: string, ended: boolean): Promise<boolean>;
}

/**
 * Asks n8n to stop executions that were taken away and may still run, newest first, and notes what it answered (S10). An
 * n8n that cannot be asked ends it: what was noted before stays, the next look goes on.
 */
export async function stopZombies(
	register: ZombieRegister,
	stop: StopExecution,
	request: { limit?: number } = {},
): Promise<StoppedZombie[]> {
	const stopped: StoppedZombie[] = [];
	for (const { executionId, n8nExecutionId } of await register.zombies(request)) {
		const ended = await stop(n8nExecutionId);
		await register.noteZombie(executionId, ended);
		stopped.push({ n8nExecutionId, ended });
	}
	return stopped;
}
