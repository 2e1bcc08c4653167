import type { CancelledExecution, CancelOutcome } from '../core';
import { countBy } from './count-by';
import { type Column, renderTable } from './text-table';

const COLUMNS: Column<CancelOutcome>[] = [
	{ title: 'task', right: true, cell: ({ taskId }) => taskId },
	{ title: 'outcome', cell: ({ outcome }) => outcome.replaceAll('_', ' ') },
	{ title: 'was', cell: (each) => (each.outcome === 'unknown' ? '-' : each.was) },
	{ title: 'execution', cell: (each) => executionOf(each)?.executionId ?? '-' },
];

/** A line a task, the sum, and what still runs in n8n. */
export function renderOutcomes(outcomes: readonly CancelOutcome[]): string {
	if (outcomes.length === 0) return 'No task matches.';
	const count = (outcome: CancelOutcome['outcome']) =>
		outcomes.filter((each) => each.outcome === outcome).length;
	const sum = [
		...some(count('would_cancel'), 'would be cancelled'),
		...some(count('cancelled'), 'cancelled'),
		...some(count('already_ended'), 'had ended before'),
		...some(count('unknown'), 'unknown'),
		...some(count('busy'), 'held by others: run it again'),
	];
	return [
		renderTable(COLUMNS, outcomes, undefined),
		`${sum.join(', ')}.`,
		...leftByLimit(outcomes),
		...stillInN8n(outcomes),
	].join('\n');
}

/** “1000 of 5000”, or the number alone when the limit left none. */
export function ofMatching(outcomes: readonly CancelOutcome[]): string {
	const left = leftOf(outcomes);
	return left === 0 ? String(outcomes.length) : `${outcomes.length} of ${outcomes.length + left}`;
}

/** How many match the filter and were not chosen. */
function leftOf(outcomes: readonly CancelOutcome[]): number {
	return Math.max(0, (outcomes[0]?.matching ?? 0) - outcomes.length);
}

function leftByLimit(outcomes: readonly CancelOutcome[]): string[] {
	const left = leftOf(outcomes);
	if (left === 0) return [];
	return [`These are ${ofMatching(outcomes)} tasks that match: run it again for the other ${left}.`];
}

/** “2 queued, 1 running”. */
export function countByState(outcomes: readonly CancelOutcome[]): string {
	return countBy(outcomes.map((each) => (each.outcome === 'unknown' ? 'unknown' : each.was)));
}

/** What was asked for and did not happen; a task that had ended needs nothing. */
export function notCancelled({ outcome }: CancelOutcome): boolean {
	return outcome === 'unknown' || outcome === 'busy';
}

function executionOf(each: CancelOutcome): CancelledExecution | null {
	return 'execution' in each ? each.execution : null;
}

function stillInN8n(outcomes: readonly CancelOutcome[]): string[] {
	const ids = outcomes
		.filter(({ outcome }) => outcome === 'cancelled')
		.flatMap((each) => {
			const execution = executionOf(each);
			return execution?.ended && execution.n8nExecutionId !== null ? [execution.n8nExecutionId] : [];
		});
	if (ids.length === 0) return [];
	return [
		`n8n still works on execution ${[...new Set(ids)].join(', ')}, in vain: “master-orchestrator recover --stop-zombies” stops it.`,
	];
}

const some = (count: number, what: string): string[] => (count === 0 ? [] : [`${count} ${what}`]);
