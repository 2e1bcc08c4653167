-- Caller: fail_task, expire_waiting: with the task locked. It is dead: a failure row with its reason, and a dead letter.
-- Guard: the trigger raises OR002 when it may not die from where it is.
create or replace function orchestrator.bury_task(p_task orchestrator.tasks, p_execution_id uuid, p_error jsonb, p_reason text) returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	update tasks set state = 'dead', not_before = null, debounce_key = null, error = p_error, finished_at = clock_timestamp()
	where id = p_task.id;
	perform record_failure(p_task, p_execution_id, p_error, 'dead_letter', jsonb_build_object('reason', p_reason));
end $$;
