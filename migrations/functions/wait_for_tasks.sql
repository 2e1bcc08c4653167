-- Caller: cancel_tasks. Promise: returns once nobody else holds these tasks, or after 1 s, and holds none of them itself: with a task
-- but without its execution it would stand in the way of a callback that has the execution.
create or replace function orchestrator.wait_for_tasks(p_ids bigint[]) returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	perform set_config('lock_timeout', '1s', true);
	perform 1 from tasks where id = any (p_ids) order by id for update;
	-- Ends the subtransaction: its locks and its lock_timeout go with it.
	raise exception using errcode = 'OR099';
exception when sqlstate 'OR099' or lock_not_available then
	null;
end $$;
