import type { RunPort } from '../../core';
import type { N8nApi } from '../n8n-api/n8n-api';

export interface StoppedZombie {
	n8nExecutionId: string;
	/** False: n8n was asked, and it still runs. */
	ended: boolean;
}

/** Asks n8n to stop every execution that was taken away and may still run, and notes what it answered (S10). */
export async function stopZombies(
	runs: Pick<RunPort, 'zombies' | 'noteZombie'>,
	api: Pick<N8nApi, 'stopExecution'>,
): Promise<StoppedZombie[]> {
	const stopped: StoppedZombie[] = [];
	for (const { executionId, n8nExecutionId } of await runs.zombies()) {
		const ended = await api.stopExecution(n8nExecutionId);
		await runs.noteZombie(executionId, ended);
		stopped.push({ n8nExecutionId, ended });
	}
	return stopped;
}
