import { z } from 'zod/v4';
import { jsonObject } from '../contract';
import { InvalidInputError } from '../errors';
import type {
	ArchiveReport,
	ExecutionHistoryEntry,
	HistoryFilter,
	HistoryPage,
	PurgeReport,
	RunHistoryEntry,
	TaskHistoryEntry,
	TaskTimeline,
} from '../history';
import { ENDED_EXECUTION_STATES, ENDED_RUN_STATES } from '../history';
import type { HistoryPort } from '../orchestrator';
import { type Gateway, instant } from './gateway';
import { overviewFields } from './queue-rows';
import { taskTimeline } from './timeline-rows';

const DEFAULT_PAGE = 50;
const ARCHIVE_AFTER_DAYS = 30;
const KEEP_KEYS_DAYS = 90;
const MOST_ROWS = 1000;

/** Postgres' own text of the end, microseconds and all: a Date would lose the place. */
const place = z.object({ finishedAt: z.string() });
const ended = {
	durationMs: z.number().nullable(),
	costUsd: z.number(),
	error: jsonObject.nullable(),
	createdAt: instant,
	finishedAt: instant,
	archived: z.boolean(),
};
const taskEntry: z.ZodType<TaskHistoryEntry> = z.object({
	...overviewFields,
	finishedAt: instant,
	archived: z.boolean(),
});
const executionEntry: z.ZodType<ExecutionHistoryEntry> = z.object({
	...ended,
	executionId: z.string(),
	workflowType: z.string(),
	state: z.enum(ENDED_EXECUTION_STATES),
	epoch: z.number(),
	taskIds: z.array(z.string()),
	runId: z.string().nullable(),
	n8nExecutionId: z.string().nullable(),
});
const runEntry: z.ZodType<RunHistoryEntry> = z.object({
	...ended,
	runId: z.string(),
	kind: z.enum(['heartbeat', 'wake_up', 'manual']),
	state: z.enum(ENDED_RUN_STATES),
	slotKey: z.string().nullable(),
	owner: z.string(),
	context: jsonObject,
});
const archived: z.ZodType<ArchiveReport> = z.object({
	tasks: z.number(),
	executions: z.number(),
	transitions: z.number(),
	failures: z.number(),
	more: z.boolean(),
});
const purged: z.ZodType<PurgeReport> = z.object({
	keys: z.number(),
	receipts: z.number(),
	more: z.boolean(),
});
const archivable = z.object({ tasks: z.number(), executions: z.number(), runs: z.number() });

/** History and archive on Postgres. */
export class HistoryStore implements HistoryPort {
	constructor(private readonly gateway: Gateway) {}

	async tasks(filter: Parameters<HistoryPort['tasks']>[0] = {}): Promise<HistoryPage<TaskHistoryEntry>> {
		const { states = null, types = null } = filter;
		return this.page('task_history', [states, types], filter, taskEntry, ({ taskId }) => taskId);
	}

	async executions(
		filter: Parameters<HistoryPort['executions']>[0] = {},
	): Promise<HistoryPage<ExecutionHistoryEntry>> {
		const { states = null, types = null } = filter;
		return this.page(
			'execution_history',
			[states, types],
			filter,
			executionEntry,
			(each) => each.executionId,
		);
	}

	async runs(filter: Parameters<HistoryPort['runs']>[0] = {}): Promise<HistoryPage<RunHistoryEntry>> {
		const { states = null, kinds = null } = filter;
		return this.page('run_history', [states, kinds], filter, runEntry, ({ runId }) => runId);
	}

	async timeline(taskId: string): Promise<TaskTimeline | null> {
		if (!/^[1-9]\d{0,17}$/.test(taskId)) {
			throw new InvalidInputError(
				`“${taskId}” is no task number.`,
				'Give the number that “master-orchestrator tasks” shows, for example 17.',
			);
		}
		const sql = 'select orchestrator.task_timeline($1) as answer';
		return this.gateway.answer(taskTimeline.nullable(), sql, [taskId]);
	}

	async archive({
		limit = MOST_ROWS,
		olderThanDays = ARCHIVE_AFTER_DAYS,
	}: Parameters<HistoryPort['archive']>[0] = {}): Promise<ArchiveReport> {
		const sql = 'select orchestrator.archive_history($1, make_interval(days => $2)) as answer';
		return this.gateway.answer(archived, sql, [limit, olderThanDays]);
	}

	async archivable({
		olderThanDays = ARCHIVE_AFTER_DAYS,
	}: Parameters<HistoryPort['archivable']>[0] = {}): Promise<z.infer<typeof archivable>> {
		const sql = 'select orchestrator.archivable_history(make_interval(days => $1)) as answer';
		return this.gateway.answer(archivable, sql, [olderThanDays]);
	}

	async purge({
		limit = MOST_ROWS,
		keepDays = KEEP_KEYS_DAYS,
	}: Parameters<HistoryPort['purge']>[0] = {}): Promise<PurgeReport> {
		const sql = 'select orchestrator.purge_retained($1, make_interval(days => $2)) as answer';
		return this.gateway.answer(purged, sql, [limit, keepDays]);
	}

	private async page<T>(
		name: 'task_history' | 'execution_history' | 'run_history',
		filters: unknown[],
		{ from, to, after, limit = DEFAULT_PAGE }: HistoryFilter,
		entry: z.ZodType<T>,
		idOf: (entry: T) => string,
	): Promise<HistoryPage<T>> {
		const sql = `select orchestrator.${name}($1, $2, $3, $4, $5, $6, $7) as answer`;
		const values = [...filters, from ?? null, to ?? null, ...cursorOf(after), limit];
		const rows = await this.gateway.answers(z.unknown(), sql, values);
		const entries = z.array(entry).parse(rows);
		const last = entries.at(-1);
		const next =
			last !== undefined && rows.length === limit
				? `${place.parse(rows.at(-1)).finishedAt}/${idOf(last)}`
				: null;
		return { entries, next };
	}
}

/** A page's `next`, as it was given out: time and id. */
function cursorOf(after: string | undefined): [string | null, string | null] {
	if (after === undefined) return [null, null];
	const [, at, id] = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+))\/([0-9a-f-]{1,36})$/.exec(after) ?? [];
	if (at === undefined || id === undefined) {
		throw new InvalidInputError(
			`“${after}” is not the end of a page.`,
			'Give the value that the page before named as its next one.',
		);
	}
	return [at, id];
}
