-- Caller: cancel_tasks, which holds the locks of these executions and their slots.
-- Guard: takes tasks that wait, or that one of these executions holds; skips what others hold.
-- Answer: {task id: CancelOutcome} of the tasks that are decided: cancelled now, ended before, unknown.
create or replace function orchestrator.cancel_locked(p_ids bigint[], p_executions uuid[]) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_mine bigint[];
	v_was jsonb;
	v_ended jsonb := '{}';
	v_answers jsonb;
	v_execution workflow_orchestration;
begin
	with free as materialized (
		select id from tasks where id = any (p_ids) and state in ('scheduled', 'queued', 'claimed', 'running')
			and (execution_id is null or execution_id = any (p_executions))
		order by id for update skip locked
	)
	select coalesce(array_agg(id order by id), '{}') into v_mine from free;
	select coalesce(jsonb_object_agg(id, jsonb_build_object('state', state, 'execution', execution_id)), '{}') into v_was
	from tasks where id = any (v_mine);
	update tasks set state = 'cancelled', execution_id = null, not_before = null, debounce_key = null, finished_at = clock_timestamp()
	where id = any (v_mine);
	for v_execution in
		select * from workflow_orchestration where id = any (p_executions) and task_ids && v_mine order by id
	loop
		v_ended := v_ended || jsonb_build_object(v_execution.id, jsonb_build_object('executionId', v_execution.id, 'epoch', v_execution.epoch,
			'n8nExecutionId', v_execution.n8n_execution_id, 'ended', finish_when_settled(v_execution, 'cancelled')));
	end loop;
	select coalesce(jsonb_object_agg(id, jsonb_build_object('taskId', id::text, 'outcome', 'cancelled', 'was', v_was -> id::text -> 'state',
		'execution', v_ended -> (v_was -> id::text ->> 'execution'))), '{}') into v_answers from unnest(v_mine) id;
	return v_answers || (
		select coalesce(jsonb_object_agg(u.id, case when t.id is null
			then jsonb_build_object('taskId', u.id::text, 'outcome', 'unknown')
			else jsonb_build_object('taskId', u.id::text, 'outcome', 'already_ended', 'was', t.state) end), '{}')
		from unnest(p_ids) u(id) left join tasks t using (id)
		where u.id <> all (v_mine) and (t.id is null or t.finished_at is not null));
end $$;
