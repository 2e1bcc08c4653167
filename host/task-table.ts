import Table from 'cli-table3';
import type { TaskOverview } from '../core';

/** What a person sees when the work is done: one line a task, oldest first. */
export function taskTable(tasks: TaskOverview[]): string {
	const table = new Table({
		head: ['task', 'type', 'state', 'attempts', 'wait', 'duration', 'cost', 'result'],
		style: { head: [], border: [] },
		wordWrap: false,
	});
	const byId = [...tasks].sort((a, b) => Number(a.taskId) - Number(b.taskId));
	for (const task of byId) {
		table.push([
			task.taskId,
			task.workflowType,
			task.state,
			task.attempts,
			seconds(task.waitMs),
			seconds(task.durationMs),
			`$${task.costUsd.toFixed(5)}`,
			clipped(outcomeOf(task), 60),
		]);
	}
	return table.toString();
}

/** The article's title, or why there is none. */
function outcomeOf({ result, error, input }: TaskOverview): string {
	const text = error?.message ?? result?.title ?? result?.message ?? input.topic;
	return typeof text === 'string' ? text : JSON.stringify(result ?? {});
}

const seconds = (ms: number | null) => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`);

const clipped = (text: string, length: number) => {
	const line = text.replace(/\s+/g, ' ');
	return line.length > length ? `${line.slice(0, length - 1)}…` : line;
};
