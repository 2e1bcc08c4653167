import type { Orchestrator } from '../../core';
import type { TestDatabase } from '../support/postgres';
import { oneRow, planFor, report, succeeded, task, TYPE } from './scenario';

/** What a whole history looks like, wherever its rows are: nothing of it may change when they move. */
export async function fingerprint(
	database: TestDatabase,
	{ onlyArchived = false } = {},
): Promise<Record<string, unknown>> {
	const of = (view: string, id: string) =>
		`(select jsonb_build_array(count(*), count(distinct ${id}), md5(string_agg((to_jsonb(r) - 'archived')::text, ',' order by ${id})))
			from orchestrator.${view} r${onlyArchived ? ' where archived' : ''}) as ${view}`;
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
	await database.query(
		`update orchestrator.dead_letters set died_at = died_at - ${span}, expires_at = expires_at - ${span}`,
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

/** Ended tasks, one a minute back from now; every tenth dead, every third of another type, all with the same end in fives. */
export async function fillTasks(
	database: TestDatabase,
	table: 'tasks' | 'archived_tasks',
	first: number,
	count: number,
): Promise<void> {
	await database.query(
		`insert into orchestrator.fair_keys (fair_key, workflow_type) values ('${TYPE}', '${TYPE}') on conflict do nothing`,
	);
	await database.query(`alter table orchestrator.tasks disable trigger user`);
	await database.query(
		`insert into orchestrator.${table} (id, workflow_type, fair_key, idempotency_key, state, priority, input, eligible_at, result, finished_at,
			context, attempts, delivery_failures, epoch, cost_usd, created_at, coalesced)
		select n, case when n % 3 = 0 then 'seo_monitor' else '${TYPE}' end, '${TYPE}', 'key ' || n,
			case when n % 10 = 0 then 'dead' else 'succeeded' end, 5, '{}', now(), '{}',
			now() - make_interval(mins => n / 5), '{}', 0, 0, 1, 0, now() - make_interval(mins => n), 0
		from generate_series($1::integer, $2::integer) n`,
		[first, first + count - 1],
	);
	await database.query(`alter table orchestrator.tasks enable trigger user`);
}

/** Ended executions, and as many ended heartbeats; each a minute older than the one before. */
export async function fillExecutions(
	database: TestDatabase,
	table: 'workflow_orchestration' | 'archived_executions',
	count: number,
): Promise<void> {
	await database.query(`alter table orchestrator.workflow_orchestration disable trigger user`);
	await database.query(
		`insert into orchestrator.${table} (id, kind, workflow_type, fair_key, priority, status, owner, slot_no, endpoint_url, callback_url,
			limit_seconds, task_ids, created_at, finished_at, last_at, epoch, context, cost_usd)
		select gen_random_uuid(), 'dispatch', '${TYPE}', '${TYPE}', 5, case when n % 10 = 0 then 'expired' else 'reported' end, 'test', 1,
			'http://127.0.0.1', 'http://127.0.0.1', 300, array[n], now() - make_interval(mins => n + 1), now() - make_interval(mins => n),
			now(), 1, '{}', 0
		from generate_series(1, $1::integer) n`,
		[count],
	);
	await database.query(
		`insert into orchestrator.${table} (id, kind, run_kind, status, owner, task_ids, created_at, finished_at, last_at, epoch, context, cost_usd)
		select gen_random_uuid(), 'run', 'heartbeat', 'COMPLETED', 'test', '{}', now() - make_interval(mins => n + 1),
			now() - make_interval(mins => n), now(), 1, '{}', 0
		from generate_series(1, $1::integer) n`,
		[count],
	);
	await database.query(`alter table orchestrator.workflow_orchestration enable trigger user`);
}
