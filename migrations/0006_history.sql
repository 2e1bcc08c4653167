-- The archive: what ended long ago leaves the tables of the queue, and stays readable beside them.
-- serves-code-from: 6

-- The same columns in the same order as the live table, so that a row moves as it is; a test compares them. A migration that
-- gives a live table a column gives it to the archive too.
create table orchestrator.archived_tasks (like orchestrator.tasks);
create table orchestrator.archived_executions (like orchestrator.workflow_orchestration);
create table orchestrator.archived_transitions (like orchestrator.state_transitions);
create table orchestrator.archived_failures (like orchestrator.failures);
alter table orchestrator.archived_tasks add primary key (id);
alter table orchestrator.archived_executions add primary key (id);
alter table orchestrator.archived_transitions add primary key (seq);
alter table orchestrator.archived_failures add primary key (id);
create index archived_transitions_of_task on orchestrator.archived_transitions (task_id, seq) where entity = 'task';
create index archived_transitions_of_execution on orchestrator.archived_transitions (execution_id, seq) where entity <> 'task';
create index archived_failures_of_task on orchestrator.archived_failures (task_id, id) where task_id is not null;
create index archived_failures_of_execution on orchestrator.archived_failures (execution_id, id) where task_id is null;
create index archived_failures_by_time on orchestrator.archived_failures (at);
create index archived_tasks_by_parent on orchestrator.archived_tasks (parent_task_id) where parent_task_id is not null;
create index archived_executions_by_parent on orchestrator.archived_executions (parent_execution_id) where parent_execution_id is not null;

-- History by type, state and time, newest first: the readers merge one range of these per type and state.
create index finished_tasks on orchestrator.tasks (workflow_type, state, finished_at, id) where finished_at is not null;
create index finished_executions on orchestrator.workflow_orchestration (workflow_type, status, finished_at, id)
	where kind = 'dispatch' and finished_at is not null;
create index finished_runs on orchestrator.workflow_orchestration (run_kind, status, finished_at, id)
	where kind = 'run' and finished_at is not null;
create index archived_finished_tasks on orchestrator.archived_tasks (workflow_type, state, finished_at, id);
create index archived_finished_executions on orchestrator.archived_executions (workflow_type, status, finished_at, id) where kind = 'dispatch';
create index archived_finished_runs on orchestrator.archived_executions (run_kind, status, finished_at, id) where kind = 'run';

-- From an entity to what hangs on it; without these a tree is found, and a run ended, by reading everything.
create index tasks_by_parent_execution on orchestrator.tasks (parent_execution_id) where parent_execution_id is not null;
create index failures_of_execution on orchestrator.failures (execution_id, id) where task_id is null;
create index heartbeats_by_run on orchestrator.heartbeats (run_id) where run_id is not null;
create index heartbeats_by_end on orchestrator.heartbeats (finished_at);

-- Slots and metrics outlive their run, which may be in the archive.
alter table orchestrator.heartbeats drop constraint heartbeats_run_id_fkey;
alter table orchestrator.orchestrator_metrics drop constraint orchestrator_metrics_run_id_fkey;

-- Where each pass over the ended rows goes on; without a row there is no pass. A pass that reached the end begins anew.
create table orchestrator.archive_cursors (
	pass text primary key check (pass in ('tasks', 'executions', 'retention')),
	after_finished_at timestamptz not null default '-infinity',
	after_id text not null default ''
);
insert into orchestrator.archive_cursors (pass) values ('tasks'), ('executions'), ('retention');

create view orchestrator.history_tasks as
	select *, false as archived from orchestrator.tasks
	union all select *, true from orchestrator.archived_tasks;
create view orchestrator.history_executions as
	select *, false as archived from orchestrator.workflow_orchestration
	union all select *, true from orchestrator.archived_executions;
create view orchestrator.history_transitions as
	select *, false as archived from orchestrator.state_transitions
	union all select *, true from orchestrator.archived_transitions;
create view orchestrator.history_failures as
	select *, false as archived from orchestrator.failures
	union all select *, true from orchestrator.archived_failures;
