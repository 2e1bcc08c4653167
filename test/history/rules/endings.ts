import { executionLives, groupBy, settlements, type TaskLife, taskLives } from '../lives';
import type { Rule, Transition } from '../records';

/** A task changes in the hands of an execution only between that execution's claim and end, under its epoch. */
export const settledByTheEpochInForce: Rule = (history) => {
	const executions = executionLives(history);
	return [...taskLives(history).values()].flatMap((life) =>
		changesInHand(life).flatMap(({ entry, claim }) => {
			const ended = executions.get(entry.executionId ?? '')?.ended;
			const inForce = claim?.executionId === entry.executionId && claim?.epoch === entry.epoch;
			if (inForce && (!ended || ended.seq > entry.seq)) return [];
			const what = `task ${entry.taskId} went from ${entry.from} to ${entry.to} by execution ${entry.executionId} epoch ${entry.epoch}; in force was ${claim?.executionId} epoch ${claim?.epoch}${ended ? ', and it had ended' : ''}`;
			return [{ what, seqs: [claim?.seq, ended?.seq, entry.seq].filter((seq) => seq !== undefined) }];
		}),
	);
};

/** What happened to a claimed or running task, each with the claim before it. */
function changesInHand(life: TaskLife): { entry: Transition; claim: Transition | undefined }[] {
	let claim: Transition | undefined;
	return life.flatMap((entry) => {
		if (entry.to === 'claimed') claim = entry;
		return entry.from === 'claimed' || entry.from === 'running' ? [{ entry, claim }] : [];
	});
}

/** An execution ends once, by a report, an expiry or a refusal, and leaves none of its tasks behind. */
export const claimsEnd: Rule = (history) => {
	const tasks = taskLives(history);
	return [...executionLives(history).values()].flatMap(({ execution, claimed, ended, entries }) => {
		if (!ended) return [];
		const after = entries.filter(({ seq }) => seq > ended.seq);
		const left = execution.taskIds.filter((taskId) => {
			const settled = settlements(tasks.get(taskId) ?? []);
			return !settled.some(({ executionId }) => executionId === execution.id);
		});
		return [
			...after.map(({ to, seq }) => ({
				what: `execution ${execution.id} ended as ${ended.to} and then became ${to}`,
				seqs: [ended.seq, seq],
			})),
			...left.map((taskId) => ({
				what: `execution ${execution.id} ended as ${ended.to} without an outcome of its task ${taskId}`,
				seqs: [claimed.seq, ended.seq],
			})),
		];
	});
};

/** A heartbeat's slot is completed at most once, whoever took it over (S13). */
export const oneCompletionASlot: Rule = ({ executions }) => {
	const completed = executions.filter(
		({ kind, status, slotKey }) => kind === 'run' && status === 'COMPLETED' && slotKey,
	);
	return [...groupBy(completed, ({ slotKey }) => slotKey ?? '')]
		.filter(([, runs]) => runs.length > 1)
		.map(([slot, runs]) => ({
			what: `slot ${slot} was completed by the runs ${runs.map(({ id }) => id).join(', ')}`,
			seqs: [],
		}));
};

/** Every failure of a task has its row, with what was decided (S22). */
export const failuresAreKept: Rule = (history) => {
	const kept = new Set(history.failures.map(({ taskId, epoch }) => `${taskId} ${epoch}`));
	return history.transitions
		.filter(
			({ entity, to, taskId, epoch }) =>
				entity === 'task' && to === 'failed' && !kept.has(`${taskId} ${epoch}`),
		)
		.map(({ taskId, epoch, seq }) => ({
			what: `task ${taskId} failed under epoch ${epoch} without a row that says why`,
			seqs: [seq],
		}));
};
