import type { N8nClient } from '../../host/n8n-client';
import { recordsOf } from './execution-record';

/** One production execution that ended, as n8n recorded it. */
export interface WorkRun {
	id: string;
	mode: string;
	/** Nodes that ran. */
	nodes: string[];
	/** When the node that stands for the work began and ended; null = it did not run. */
	work: { beganAt: number; endedAt: number } | null;
}

/** The ended executions of a workflow, oldest first. `workNode` stands for the operator's work. */
export async function workRunsOf(
	client: N8nClient,
	workflowId: string,
	workNode: string,
): Promise<WorkRun[]> {
	return (await recordsOf(client, workflowId, 100))
		.filter(({ stoppedAt }) => stoppedAt !== null)
		.map(({ id, mode, data: { resultData } }) => {
			const [run] = resultData.runData[workNode] ?? [];
			const work = run && { beganAt: run.startTime, endedAt: run.startTime + run.executionTime };
			return { id, mode, nodes: Object.keys(resultData.runData), work: work ?? null };
		})
		.reverse();
}

/** Pairs of which the later began its work before the earlier had ended it. */
export function overlappingWork(runs: readonly WorkRun[]): string[] {
	const work = runs
		.flatMap(({ id, work }) => (work === null ? [] : [{ id, ...work }]))
		.sort((a, b) => a.beganAt - b.beganAt);
	return work.flatMap((later, index) => {
		const earlier = work.slice(0, index).find(({ endedAt }) => later.beganAt < endedAt);
		return earlier === undefined ? [] : [`${earlier.id} and ${later.id}`];
	});
}
