import { ENDED_EXECUTION, executionLives } from '../lives';
import type { Execution, History, Rule } from '../records';

/**
 * At no entry of the log do more executions run than there are slots, or than their type allows, and none shares its slot.
 * Sound at every prefix: an end is logged before its slot is free for others, a claim while the slot is locked.
 */
export const withinCaps: Rule = (history) => {
	const lives = executionLives(history);
	const running = new Map<string, Execution>();
	return history.transitions.flatMap(({ entity, executionId, from, to, seq }) => {
		const execution = entity === 'execution' ? lives.get(executionId ?? '')?.execution : undefined;
		if (!execution) return [];
		if (ENDED_EXECUTION.has(to)) running.delete(execution.id);
		if (from !== null) return [];
		const sharing = [...running.values()].find(({ slotNo }) => slotNo === execution.slotNo);
		running.set(execution.id, execution);
		return [
			...exceeded(running, execution, history).map((what) => ({ what, seqs: seqsOf(running, lives, seq) })),
			...(sharing
				? [
						{
							what: `executions ${sharing.id} and ${execution.id} are in slot ${execution.slotNo} at once`,
							seqs: [lives.get(sharing.id)?.claimed.seq ?? 0, seq],
						},
					]
				: []),
		];
	});
};

function exceeded(
	running: Map<string, Execution>,
	{ workflowType }: Execution,
	{ limits }: History,
): string[] {
	const ofType = [...running.values()].filter((each) => each.workflowType === workflowType).length;
	const typeCap = limits.types[workflowType ?? ''] ?? 0;
	return [
		...(running.size > limits.slots ? [`${running.size} executions run, ${limits.slots} may`] : []),
		...(ofType > typeCap ? [`${ofType} executions of ${workflowType} run, ${typeCap} may`] : []),
	];
}

function seqsOf(
	running: Map<string, Execution>,
	lives: ReturnType<typeof executionLives>,
	seq: number,
): number[] {
	const claims = [...running.keys()]
		.map((id) => lives.get(id)?.claimed.seq ?? 0)
		.filter((each) => each !== seq);
	return [...claims, seq];
}
