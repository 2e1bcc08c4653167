import { executionLives, taskLives } from '../lives';
import type { Rule } from '../records';

/** Each claim of a task has a higher epoch than the one before, and it is the epoch of the execution that claimed it. */
export const risingEpochs: Rule = (history) => {
	const executions = executionLives(history);
	return [...taskLives(history)].flatMap(([taskId, life]) => {
		const claims = life.filter(({ to }) => to === 'claimed');
		return claims.flatMap((claim, index) => {
			const before = claims[index - 1];
			const offences = [];
			if (before && claim.epoch <= before.epoch) {
				offences.push({
					what: `task ${taskId} was claimed with epoch ${before.epoch}, then with ${claim.epoch}`,
					seqs: [before.seq, claim.seq],
				});
			}
			const execution = executions.get(claim.executionId ?? '')?.execution;
			if (execution?.epoch !== claim.epoch || !execution.taskIds.includes(taskId)) {
				offences.push({
					what: `task ${taskId} was claimed with epoch ${claim.epoch} by execution ${claim.executionId}, which has epoch ${execution?.epoch} and tasks ${execution?.taskIds.join(', ')}`,
					seqs: [claim.seq],
				});
			}
			return offences;
		});
	});
};
