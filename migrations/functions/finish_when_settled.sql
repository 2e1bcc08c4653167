-- Caller: settle_execution, cancel: with the execution locked. Ends it once it holds no task any more.
-- Answer: false = some of its tasks are still open.
create or replace function orchestrator.finish_when_settled(p_row orchestrator.workflow_orchestration, p_status text default 'reported')
returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	if exists (select 1 from tasks where id = any (p_row.task_ids) and execution_id = p_row.id) then return false; end if;
	return finish_execution(p_row.id, p_row.epoch, p_status, null);
end $$;
