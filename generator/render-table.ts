import { redact, type TaskOverview } from '../core';
import { cellText, type Column, renderTable } from './text-table';

const COLUMNS: Column<TaskOverview>[] = [
	{ title: 'task', right: true, cell: ({ taskId }) => taskId },
	{ title: 'topic', shrinks: true, cell: ({ input }) => cellText(redact(input).topic) },
	{ title: 'type', cell: ({ workflowType }) => workflowType },
	{ title: 'state', cell: ({ state }) => state },
	{ title: 'attempts', right: true, cell: ({ attempts }) => String(attempts) },
	{ title: 'wait', right: true, cell: ({ waitMs }) => humanDuration(waitMs) },
	{ title: 'duration', right: true, cell: ({ durationMs }) => humanDuration(durationMs) },
	{ title: 'cost', right: true, cell: ({ costUsd }) => humanCost(costUsd) },
	{ title: 'result', shrinks: true, cell: resultOf },
];

/** Plain aligned text, one line a task; `width` in characters, undefined = not a terminal. */
export function renderTaskTable(tasks: TaskOverview[], width: number | undefined): string {
	if (tasks.length === 0) return 'There are no tasks yet. Put some in: master-orchestrator enqueue FILE.csv';
	return renderTable(COLUMNS, tasks, width);
}

/** 640 ms, 12.3 s, 4 min 5 s, 2 h 3 min; unknown is a dash. */
export function humanDuration(ms: number | null): string {
	if (ms === null) return '-';
	if (ms < 1000) return `${Math.round(ms)} ms`;
	if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
	const minutes = Math.round(seconds / 60);
	return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Dollars to a hundredth of a cent; a cheap model's article costs less than that, but not nothing. */
export function humanCost(usd: number): string {
	if (usd === 0) return '-';
	return usd < 0.0001 ? '<$0.0001' : `$${usd.toFixed(4)}`;
}

function resultOf({ result, error }: TaskOverview): string {
	if (error !== null) return `failed: ${cellText(redact(error).message)}`;
	if (result === null) return '-';
	const { title: heading, quality_score: score } = redact(result);
	const title = cellText(heading);
	const quality = typeof score === 'number' ? ` (quality ${score})` : '';
	return title === '' ? cellText(result) : `${title}${quality}`;
}
