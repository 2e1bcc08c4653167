import {
	type ArchiveReport,
	type ExecutionHistoryEntry,
	type HistoryFilter,
	type HistoryPage,
	type HistoryPort,
	InvalidInputError,
	type PurgeReport,
	type RunHistoryEntry,
	type TaskHistoryEntry,
	type TaskTimeline,
	type TimelineEvent,
} from '../../../core';
import { archiveTrees } from './archive';
import { boundedLimit } from './bounds';
import { after } from './clock';
import { msBetween, overviewOf } from './task-log';
import type { FakeTask, World } from './world';

const END_OF_EXECUTION = ['reported', 'expired', 'cancelled'] as const;
const END_OF_RUN = ['COMPLETED', 'ERROR_RECOVERY'] as const;
/** Keys outlive the last day on which a dead task could come back by this much. */
const LEAST_KEEP_DAYS = 30;

/** What has ended, archived or not, in memory. */
export class FakeHistory implements HistoryPort {
	constructor(private readonly world: World) {}

	async tasks(filter: Parameters<HistoryPort['tasks']>[0] = {}): Promise<HistoryPage<TaskHistoryEntry>> {
		const { states, types } = filter;
		const wanted: readonly string[] | undefined = states;
		const ended = [...this.world.tasks.values()].flatMap((task): TaskHistoryEntry[] => {
			const { finishedAt, archived } = task;
			if (!finishedAt || (wanted && !wanted.includes(task.state))) return [];
			if (types && !types.includes(task.workflowType)) return [];
			return [{ ...overviewOf(task), finishedAt, archived }];
		});
		return pageOf(ended, filter, (entry) => entry.taskId.padStart(19, '0'));
	}

	async executions(
		filter: Parameters<HistoryPort['executions']>[0] = {},
	): Promise<HistoryPage<ExecutionHistoryEntry>> {
		const { states = END_OF_EXECUTION, types } = filter;
		const ended = [...this.world.executions.values()].flatMap((each): ExecutionHistoryEntry[] => {
			const state = states.find((wanted) => wanted === each.state);
			if (!each.finishedAt || !state || (types && !types.includes(each.workflowType))) return [];
			const { executionId, workflowType, epoch, runId, n8nExecutionId, costUsd, error } = each;
			const { createdAt, finishedAt, archived } = each;
			const taskIds = each.taskIds.map(String);
			const durationMs = msBetween(createdAt, finishedAt);
			const ids = { executionId, workflowType, state, epoch, taskIds, runId, n8nExecutionId };
			return [{ ...ids, durationMs, costUsd, error, createdAt, finishedAt, archived }];
		});
		return pageOf(ended, filter, (entry) => entry.executionId);
	}

	async runs(filter: Parameters<HistoryPort['runs']>[0] = {}): Promise<HistoryPage<RunHistoryEntry>> {
		const { states = END_OF_RUN, kinds } = filter;
		const ended = [...this.world.runs.values()].flatMap((run): RunHistoryEntry[] => {
			const state = states.find((wanted) => wanted === run.state);
			if (!run.finishedAt || !state || (kinds && !kinds.includes(run.kind))) return [];
			const { runId, kind, slotKey, owner, context, error, createdAt, finishedAt, archived } = run;
			const durationMs = msBetween(createdAt, finishedAt);
			return [
				{
					runId,
					kind,
					state,
					slotKey,
					owner,
					context,
					durationMs,
					costUsd: 0,
					error,
					createdAt,
					finishedAt,
					archived,
				},
			];
		});
		return pageOf(ended, filter, (entry) => entry.runId);
	}

	async timeline(taskId: string): Promise<TaskTimeline | null> {
		if (!/^[1-9]\d{0,17}$/.test(taskId))
			throw new InvalidInputError(
				`“${taskId}” is no task number.`,
				'Give the number that “master-orchestrator tasks” shows, for example 17.',
			);
		const task = this.world.tasks.get(Number(taskId));
		return task ? timelineOf(this.world, task) : null;
	}

	async archive({
		limit = 1000,
		olderThanDays = 30,
	}: Parameters<HistoryPort['archive']>[0] = {}): Promise<ArchiveReport> {
		return archiveTrees(this.world, limit, olderThanDays);
	}

	async archivable({ olderThanDays = 30 }: Parameters<HistoryPort['archivable']>[0] = {}): Promise<{
		tasks: number;
		executions: number;
		runs: number;
	}> {
		const { world } = this;
		const before = after(world.now(), -olderThanDays * 86_400);
		const count = (all: ReadonlyMap<unknown, { archived: boolean; finishedAt: Date | null }>) =>
			world.live(all).filter(({ finishedAt }) => finishedAt && finishedAt < before).length;
		return { tasks: count(world.tasks), executions: count(world.executions), runs: count(world.runs) };
	}

	async purge({
		limit = 1000,
		keepDays = 90,
	}: Parameters<HistoryPort['purge']>[0] = {}): Promise<PurgeReport> {
		const { world } = this;
		const letters = Math.max(...[...world.types.values()].map((type) => type.deadLetterDays));
		const before = after(world.now(), -Math.max(keepDays, LEAST_KEEP_DAYS + letters) * 86_400);
		const old = [...world.tasks.values()].filter(
			({ archived, finishedAt }) => archived && finishedAt && finishedAt < before,
		);
		const gone = new Set(old.slice(0, limit).map((task) => task.id));
		const keys = removeWhere(world.idempotencyKeys, (id) => gone.has(id));
		const executions = [...world.executions.values()].filter((each) =>
			each.taskIds.some((id) => gone.has(id)),
		);
		const ids = new Set(executions.map((each) => each.executionId));
		return { keys, receipts: removeWhere(world.receipts, (id) => ids.has(id)), more: old.length > limit };
	}
}

function removeWhere<T>(all: Map<string, T>, goes: (value: T) => boolean): number {
	const gone = [...all].filter(([, value]) => goes(value));
	for (const [key] of gone) all.delete(key);
	return gone.length;
}

/** Newest first; `idOf` breaks ties and sorts as text. */
function pageOf<T extends { finishedAt: Date }>(
	entries: T[],
	{ from, to, after: behind, limit }: HistoryFilter,
	idOf: (entry: T) => string,
): HistoryPage<T> {
	const most = boundedLimit(limit, 50, 1000);
	const place = (entry: T) => `${entry.finishedAt.toISOString()}/${idOf(entry)}`;
	if (behind !== undefined && !/^\d{4}-\d\d-\d\dT[\d:.]+Z\/[0-9a-f-]{1,36}$/.test(behind))
		throw new InvalidInputError(
			`“${behind}” is not the end of a page.`,
			'Give the value that the page before named as its next one.',
		);
	const matching = entries
		.filter(({ finishedAt }) => (!from || finishedAt >= from) && (!to || finishedAt < to))
		.filter((entry) => behind === undefined || place(entry) < behind)
		.sort((a, b) => (place(a) < place(b) ? 1 : -1))
		.slice(0, most);
	const last = matching.at(-1);
	return { entries: matching, next: last && matching.length === most ? place(last) : null };
}

function timelineOf(world: World, task: FakeTask): TaskTimeline {
	const of = ({ taskId }: { taskId: number }) => taskId === task.id;
	const transitions = world.transitions.filter(of).map(({ taskId: _, seq: _seq, ...each }) => ({
		kind: 'transition' as const,
		...each,
	}));
	const failures = world.failures.filter(of).map((each) => {
		const {
			at,
			attempt,
			epoch,
			executionId,
			code,
			message,
			recoveryAction: action,
			decidedBy,
			result,
		} = each;
		return {
			kind: 'failure' as const,
			at,
			attempt,
			epoch,
			executionId,
			code,
			message,
			action,
			decidedBy,
			result,
		};
	});
	// Sorting is stable: of one instant, changes stand before failures.
	const ordered = [...transitions, ...failures].sort((a, b) => a.at.getTime() - b.at.getTime());
	const events = ordered.map((event, n): TimelineEvent => ({
		...event,
		sinceMs: msBetween(ordered[n - 1]?.at ?? null, event.at),
	}));
	const children = [...world.tasks.values()].filter((each) => each.parentTaskId === String(task.id));
	const { id, workflowType, state, priority, attempts, idempotencyKey } = task;
	const { createdAt, finishedAt, archived, costUsd, parentTaskId, parentExecutionId } = task;
	return {
		...{ taskId: String(id), workflowType, state, priority, attempts, idempotencyKey },
		...{ createdAt, finishedAt, archived, costUsd, parentTaskId, parentExecutionId, events },
		children: children.map((each) => ({
			taskId: String(each.id),
			workflowType: each.workflowType,
			state: each.state,
		})),
	};
}
