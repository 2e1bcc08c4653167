import type { Execution, History, Transition } from './records';

export const ENDED_EXECUTION: ReadonlySet<string> = new Set(['reported', 'expired', 'cancelled']);
export const ENDED_TASK: ReadonlySet<string> = new Set(['succeeded', 'dead', 'cancelled']);
const HELD: ReadonlySet<string> = new Set(['claimed', 'running']);

/** One task's entries in the order of the log. */
export type TaskLife = Transition[];

/** An execution between its claim and its end in the log. */
export interface ExecutionLife {
	execution: Execution;
	claimed: Transition;
	/** Null: it had not ended when the history was read. */
	ended: Transition | null;
	entries: Transition[];
}

export function taskLives({ transitions }: History): Map<string, TaskLife> {
	return groupBy(
		transitions.filter(({ entity }) => entity === 'task'),
		({ taskId }) => taskId ?? '?',
	);
}

/** Dispatches only; an execution without its first entry is the business of the rule on lives. */
export function executionLives(history: History): Map<string, ExecutionLife> {
	const logged = groupBy(
		history.transitions.filter(({ entity }) => entity === 'execution'),
		({ executionId }) => executionId ?? '?',
	);
	const lives = new Map<string, ExecutionLife>();
	for (const execution of history.executions) {
		const entries = logged.get(execution.id) ?? [];
		const claimed = entries.find(({ from }) => from === null);
		if (execution.kind !== 'dispatch' || !claimed) continue;
		const ended = entries.find(({ to }) => ENDED_EXECUTION.has(to)) ?? null;
		lives.set(execution.id, { execution, claimed, ended, entries });
	}
	return lives;
}

/** The entries that take a task out of the hands of an execution: its settlement under that epoch. */
export function settlements(life: TaskLife): Transition[] {
	return life.filter(({ from, to }) => from !== null && HELD.has(from) && !HELD.has(to));
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const item of items) {
		const group = groups.get(keyOf(item));
		if (group) group.push(item);
		else groups.set(keyOf(item), [item]);
	}
	return groups;
}
