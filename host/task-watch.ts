import { setTimeout as sleep } from 'node:timers/promises';
import type { Orchestrator, TaskOverview, TaskState } from '../core';
import { REPEAT_MS, type Progress } from './progress';

const ENDED: readonly TaskState[] = ['succeeded', 'dead', 'cancelled'];
/** Tasks looked at in one pass; the sample has 36. */
const MOST_TASKS = 1000;

export const hasEnded = (task: TaskOverview): boolean => ENDED.includes(task.state);

/** Prints how the tasks stand every 2 s until all have ended; answers with all of them. */
export async function watchTasks(
	orchestrator: Orchestrator,
	taskIds: ReadonlySet<string>,
	progress: Progress,
	signal: AbortSignal,
): Promise<TaskOverview[]> {
	const startedAtMs = performance.now();
	for (;;) {
		signal.throwIfAborted();
		const tasks = (await orchestrator.queue.list({ limit: MOST_TASKS })).filter(({ taskId }) => taskIds.has(taskId));
		const waitMs = tasks.every(hasEnded) ? null : await orchestrator.wakeUps.msUntilNextDue();
		progress.say(line(tasks, performance.now() - startedAtMs, waitMs));
		if (tasks.length === taskIds.size && tasks.every(hasEnded)) return tasks;
		await sleep(REPEAT_MS, undefined, { signal });
	}
}

/** One line a change, for as long as the host stays up. */
export async function watchQueue(orchestrator: Orchestrator, progress: Progress, signal: AbortSignal): Promise<void> {
	let last: string | null = null;
	for (;;) {
		const counts = countsOf(await orchestrator.queue.list({ limit: MOST_TASKS }));
		if (last !== null && counts !== last) progress.say(`  ${counts}`);
		last = counts;
		await sleep(REPEAT_MS, undefined, { signal });
	}
}

function line(tasks: TaskOverview[], elapsedMs: number, nextDueMs: number | null): string {
	return `  ${(elapsedMs / 1000).toFixed(0).padStart(4)} s  ${countsOf(tasks)}${waitingFor(tasks, nextDueMs)}`;
}

function countsOf(tasks: TaskOverview[]): string {
	const count = (...states: TaskState[]) => tasks.filter(({ state }) => states.includes(state)).length;
	const parts = [
		`${count('queued')} queued`,
		`${count('claimed', 'running')} running`,
		`${count('succeeded')} succeeded`,
		`${count('dead')} failed`,
	];
	const retrying = count('scheduled', 'failed');
	return [...parts, ...(retrying > 0 ? [`${retrying} waiting to retry`] : [])].join(' · ');
}

function waitingFor(tasks: TaskOverview[], nextDueMs: number | null): string {
	if (tasks.every(hasEnded)) return '';
	if (tasks.some(({ state }) => state === 'claimed' || state === 'running')) return ' · waiting for n8n to finish articles';
	return nextDueMs === null || nextDueMs === 0
		? ' · waiting for the Master Orchestrator to claim'
		: ` · waiting for what is due in ${Math.ceil(nextDueMs / 1000)} s`;
}
