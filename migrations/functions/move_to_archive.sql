-- Caller: archive_history, with every one of these rows locked and ended.
-- Promise: moves at most p_room rows, children first: log and failures, then tasks (successors before what they follow), then
-- executions (the later first), runs last. What finds no room stays, and is the upper part of the tree.
-- Answer: rows moved, by table.
create or replace function orchestrator.move_to_archive(
	p_tasks bigint[], p_executions uuid[], p_room integer,
	out transitions integer, out failures integer, out tasks integer, out executions integer
)
language plpgsql volatile set search_path = orchestrator, pg_temp set enable_seqscan = off as $$
#variable_conflict use_column
declare
	v_room integer := p_room;
begin
	with gone as (
		-- By their place: they are never updated, and no index has their seq alone.
		delete from state_transitions where ctid = any (array(
			select l.ctid from state_transitions l where l.entity = 'task' and l.task_id = any (p_tasks)
			union all
			select l.ctid from state_transitions l where l.entity <> 'task' and l.execution_id = any (p_executions)
			limit v_room)) returning *
	)
	insert into archived_transitions select * from gone;
	get diagnostics transitions = row_count;
	v_room := v_room - transitions;

	with gone as (
		delete from orchestrator.failures where id = any (array(
			select f.id from orchestrator.failures f where f.task_id = any (p_tasks)
			union all
			select f.id from orchestrator.failures f where f.task_id is null and f.execution_id = any (p_executions)
			order by 1 limit v_room)) returning *
	)
	insert into archived_failures select * from gone;
	get diagnostics failures = row_count;
	v_room := v_room - failures;

	with gone as (
		delete from orchestrator.tasks where id = any (array(
			select id from unnest(p_tasks) id order by id desc limit v_room)) returning *
	)
	insert into archived_tasks select * from gone;
	get diagnostics tasks = row_count;
	v_room := v_room - tasks;

	with gone as (
		delete from workflow_orchestration where id = any (array(
			select e.id from workflow_orchestration e where e.id = any (p_executions)
				-- Of a tree too big to be seen whole: its other executions go first.
				and not exists (select from workflow_orchestration c where c.parent_execution_id = e.id and c.id <> all (p_executions))
			order by e.kind = 'run', e.created_at desc, e.id limit v_room)) returning *
	)
	insert into archived_executions select * from gone;
	get diagnostics executions = row_count;
end $$;
