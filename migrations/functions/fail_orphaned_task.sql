-- Caller: repair_anomaly: a task that nobody works on would stay claimed for ever.
-- Guard: locked without waiting; no active execution of its epoch holds it. Answer: false = busy, or not so any more.
create or replace function orchestrator.fail_orphaned_task(p_task_id bigint) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_task tasks;
begin
	select * into v_task from tasks where id = p_task_id and state in ('claimed', 'running') for update skip locked;
	if not found or exists (select 1 from workflow_orchestration e
		where e.id = v_task.execution_id and e.epoch = v_task.epoch and e.lease_until is not null) then return false; end if;
	return fail_task(p_task_id, v_task.execution_id, v_task.epoch, jsonb_build_object('code', 'ORPHANED', 'message', format(
		'The task was %s by execution %s, which is not active.', v_task.state, v_task.execution_id)), null) is not null;
end $$;
