import { ENDED_TASK, executionLives, groupBy, taskLives } from '../lives';
import type { History, Rule } from '../records';

const WAITING = new Set(['scheduled', 'queued']);

/** What a producer was told is in the queue is there, as one task a key, for ever. */
export const noEnqueueLost: Rule = (history) => {
	const lives = taskLives(history);
	const told = history.sightings.filter((each) => each.what === 'enqueued');
	const unknown = told
		.filter(({ taskId }) => !lives.has(taskId))
		.map(({ taskId, idempotencyKey }) => ({
			what: `a producer was told that “${idempotencyKey}” is task ${taskId}; the log does not know it`,
			seqs: [],
		}));
	const twice = [
		...groupBy(told, ({ workflowType, idempotencyKey }) => `${workflowType} “${idempotencyKey}”`),
	]
		.map(([key, sightings]) => ({ key, ids: [...new Set(sightings.map(({ taskId }) => taskId))] }))
		.filter(({ ids }) => ids.length > 1)
		.map(({ key, ids }) => ({ what: `${key} became the tasks ${ids.join(', ')}`, seqs: [] }));
	return [...unknown, ...twice, ...keysOfSeveralTasks(history)];
};

function keysOfSeveralTasks({ tasks }: History) {
	return [...groupBy(tasks, ({ workflowType, idempotencyKey }) => `${workflowType} “${idempotencyKey}”`)]
		.filter(([, rows]) => rows.length > 1)
		.map(([key, rows]) => ({
			what: `${key} stands for the tasks ${rows.map(({ id }) => id).join(', ')}`,
			seqs: [],
		}));
}

/** A task has ended, or waits, or is in the hands of an execution that lives. Anything else will never be looked at again. */
export const noTaskStranded: Rule = (history) => {
	const executions = executionLives(history);
	const lives = taskLives(history);
	return history.tasks.flatMap(({ id, state, executionId }) => {
		if (ENDED_TASK.has(state) || WAITING.has(state)) return [];
		const holder = executions.get(executionId ?? '');
		if (holder && !holder.ended && holder.execution.taskIds.includes(id)) return [];
		const seqs = [lives.get(id)?.at(-1)?.seq, holder?.ended?.seq].filter((seq) => seq !== undefined);
		return [{ what: `task ${id} is ${state}, but no living execution holds it`, seqs }];
	});
};

/** After the workload has drained: every task and every execution has ended. */
export const everythingEnded: Rule = (history) => {
	const lives = taskLives(history);
	const open = history.tasks
		.filter(({ state }) => !ENDED_TASK.has(state))
		.map(({ id, state }) => ({
			what: `task ${id} is still ${state}`,
			seqs: [lives.get(id)?.at(-1)?.seq ?? 0],
		}));
	const running = [...executionLives(history).values()]
		.filter(({ ended }) => !ended)
		.map(({ execution, claimed }) => ({
			what: `execution ${execution.id} was claimed and never ended`,
			seqs: [claimed.seq],
		}));
	return [...open, ...running];
};
