import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { oneRow, planFor, report, succeeded, task } from './scenario';

/** What a whole history looks like, wherever its rows are: nothing of it may change when they move. */
export async function fingerprint(database: TestDatabase): Promise<Record<string, unknown>> {
	const of = (view: string, id: string) =>
		`(select jsonb_build_array(count(*), count(distinct ${id}), md5(string_agg((to_jsonb(r) - 'archived')::text, ',' order by ${id})))
			from orchestrator.${view} r) as ${view}`;
	return oneRow(
		database,
		`select ${of('history_tasks', 'id')}, ${of('history_executions', 'id')}, ${of('history_transitions', 'seq')},
			${of('history_failures', 'id')}`,
	);
}

export interface Counts {
	tasks: number;
	executions: number;
	transitions: number;
	failures: number;
}

export async function archivedCounts(database: TestDatabase): Promise<Counts> {
	const row = await oneRow(
		database,
		`select (select count(*)::integer from orchestrator.archived_tasks) as tasks,
			(select count(*)::integer from orchestrator.archived_executions) as executions,
			(select count(*)::integer from orchestrator.archived_transitions) as transitions,
			(select count(*)::integer from orchestrator.archived_failures) as failures`,
	);
	return {
		tasks: Number(row.tasks),
		executions: Number(row.executions),
		transitions: Number(row.transitions),
		failures: Number(row.failures),
	};
}

/** Lets everything that has ended have ended so many days earlier. */
export async function age(database: TestDatabase, days = 40): Promise<void> {
	const span = `interval '${days} days'`;
	await database.query(
		`update orchestrator.tasks set finished_at = finished_at - ${span}, created_at = created_at - ${span} where finished_at is not null`,
	);
	await database.query(
		`update orchestrator.workflow_orchestration set finished_at = finished_at - ${span}, created_at = created_at - ${span} where finished_at is not null`,
	);
}

export async function emptyArchive(database: TestDatabase): Promise<void> {
	await database.query(
		'truncate orchestrator.archived_tasks, orchestrator.archived_executions, orchestrator.archived_transitions, orchestrator.archived_failures',
	);
	await database.query(
		`update orchestrator.archive_cursors set after_finished_at = '-infinity', after_id = ''`,
	);
}

/** A run that ended, with one execution of so many tasks, all succeeded. */
export async function endedRun(
	orchestrator: Orchestrator,
	tasks = 3,
): Promise<{ runId: string; taskIds: string[] }> {
	const { runId } = await orchestrator.runs.begin({ kind: 'manual', owner: 'test' });
	await orchestrator.queue.enqueue(Array.from({ length: tasks }, () => task()));
	const [execution] = await orchestrator.queue.claim(planFor({ runId, maxExecutions: 1 }, tasks));
	if (!execution) throw new Error('nothing was claimed');
	const taskIds = execution.items.map((item) => item.task_id);
	await report(
		orchestrator,
		execution,
		taskIds.map((id) => succeeded(id)),
	);
	await orchestrator.runs.complete(runId);
	return { runId, taskIds };
}

export interface Archived extends Counts {
	more: boolean;
}

/** One call, as recovery makes it. */
export async function archive(database: TestDatabase, limit = 1000): Promise<Archived> {
	const { answer } = await oneRow(database, 'select orchestrator.archive_history($1) as answer', [limit]);
	return answer as Archived;
}

/** Calls until a pass found nothing more. */
export async function archiveAll(database: TestDatabase, limit = 1000): Promise<void> {
	while ((await archive(database, limit)).more);
}
