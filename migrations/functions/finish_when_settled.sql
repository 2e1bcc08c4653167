-- Caller: cancel_locked, with the execution locked. Ends it once it holds no task any more.
-- Answer: false = some of its tasks are still open, or it had ended.
create or replace function orchestrator.finish_when_settled(p_row orchestrator.workflow_orchestration, p_status text) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	if exists (select 1 from tasks where id = any (p_row.task_ids) and execution_id = p_row.id) then return false; end if;
	return finish_executions(array[p_row.id], p_status, null) > 0;
end $$;
