-- Caller: every function that changes an execution. Locks its slot, then its row, in the documented order (S8).
-- Guard: id and kind; state and epoch are the caller's to check on what it returns, read after the lock.
-- Answer: the row; all columns null = unknown id.
create or replace function orchestrator.lock_execution(p_id uuid) returns orchestrator.workflow_orchestration
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_row workflow_orchestration;
begin
	perform 1 from execution_slots where execution_id = p_id for update;
	select * into v_row from workflow_orchestration where id = p_id and kind = 'dispatch' for update;
	return v_row;
end $$;
