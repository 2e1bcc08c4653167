import type { TaskOverview } from '../core';
import { plain } from './plain-text';

/** Width when the output is a file or a pipe: nothing is cut there. */
const UNBOUNDED = Infinity;
const GAP = '  ';
/** A column that may shrink keeps at least this much. */
const NARROWEST = 12;

interface Column {
	title: string;
	right?: true;
	/** Cut first when the terminal is narrow. */
	shrinks?: true;
	cell: (task: TaskOverview) => string;
}

const COLUMNS: Column[] = [
	{ title: 'task', right: true, cell: ({ taskId }) => taskId },
	{ title: 'topic', shrinks: true, cell: ({ input }) => cellText(input.topic) },
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
	const cells = tasks.map((task) => COLUMNS.map((column) => column.cell(task)));
	const natural = COLUMNS.map(({ title }, index) =>
		Math.max(title.length, ...cells.map((row) => lengthOf(row[index] ?? ''))),
	);
	const widths = fit(natural, width ?? UNBOUNDED);
	const lines = [COLUMNS.map(({ title }) => title), widths.map((each) => '-'.repeat(each)), ...cells];
	return lines.map((row) => layOutRow(row, widths)).join('\n');
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
	if (error !== null) return `failed: ${cellText(error.message)}`;
	if (result === null) return '-';
	const title = cellText(result.title);
	const quality = typeof result.quality_score === 'number' ? ` (quality ${result.quality_score})` : '';
	return title === '' ? cellText(JSON.stringify(result)) : `${title}${quality}`;
}

/** On one line, and as long as it is: the table is cut to the terminal, a pipe gets all of it. */
function cellText(value: unknown): string {
	const text =
		typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
	return plain(text.replaceAll(/\s+/g, ' ').trim(), UNBOUNDED);
}

/** Takes from the widest column that may shrink until the row fits, or until none can give more. */
function fit(natural: number[], width: number): number[] {
	const widths = [...natural];
	const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
	while (total() > width) {
		const givers = COLUMNS.flatMap(({ shrinks }, index) => (shrinks ? [index] : []));
		const widest = givers.reduce(
			(best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best),
			givers[0] ?? 0,
		);
		if ((widths[widest] ?? 0) <= NARROWEST) break;
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return widths;
}

function layOutRow(row: string[], widths: number[]): string {
	const cells = row.map((text, index) => {
		const width = widths[index] ?? 0;
		const shown = cut(text, width);
		const space = ' '.repeat(Math.max(0, width - lengthOf(shown)));
		return COLUMNS[index]?.right ? `${space}${shown}` : `${shown}${space}`;
	});
	return cells.join(GAP).trimEnd();
}

function cut(text: string, width: number): string {
	const characters = [...text];
	return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

function lengthOf(text: string): number {
	return [...text].length;
}
