-- Caller: archive_history. The tree that a task or an execution belongs to, as far as it is live: executions with all of
-- their tasks, a run with its executions, tasks with those that they follow and that follow them.
-- Guard: none: reads a snapshot. Answer: ids, at most p_bound of them: what was found first. Nothing archived is among them.
create or replace function orchestrator.tree_of(
	p_task bigint, p_execution uuid, p_bound integer, out task_ids bigint[], out execution_ids uuid[]
)
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	-- What the last round found, not yet followed.
	v_tasks bigint[] := array_remove(array[p_task], null);
	v_executions uuid[] := array_remove(array[p_execution], null);
	v_more_tasks bigint[];
	v_more_executions uuid[];
begin
	task_ids := v_tasks;
	execution_ids := v_executions;
	loop
		exit when v_tasks = '{}' and v_executions = '{}' or cardinality(task_ids) + cardinality(execution_ids) >= p_bound;
		v_more_tasks := array(
			select x.id from (
				select unnest(e.task_ids) as id from workflow_orchestration e where e.id = any (v_executions)
				union select t.id from tasks t where t.parent_execution_id = any (v_executions)
				union select t.id from tasks t where t.parent_task_id = any (v_tasks)
				union select t.parent_task_id from tasks t where t.id = any (v_tasks)) x
			where x.id <> all (task_ids) and exists (select from tasks t where t.id = x.id)
			limit p_bound);
		v_more_executions := array(
			select x.id from (
				select l.execution_id as id from history_transitions l where l.entity = 'task' and l.task_id = any (v_tasks)
				union select t.parent_execution_id from tasks t where t.id = any (v_tasks)
				union select e.id from workflow_orchestration e where e.parent_execution_id = any (v_executions)
				union select e.parent_execution_id from workflow_orchestration e where e.id = any (v_executions)) x
			where x.id <> all (execution_ids) and exists (select from workflow_orchestration e where e.id = x.id)
			limit p_bound);
		v_tasks := v_more_tasks;
		v_executions := v_more_executions;
		task_ids := task_ids || v_tasks;
		execution_ids := execution_ids || v_executions;
	end loop;
end $$;
