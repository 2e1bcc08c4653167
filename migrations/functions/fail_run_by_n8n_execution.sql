-- Caller: runs.failByN8nExecution, from the error workflow, which knows only n8n's id.
-- Guard: that of end_run. Answer: false = no unfinished run of ours ran in it.
create or replace function orchestrator.fail_run_by_n8n_execution(p_n8n_execution_id text, p_error jsonb) returns boolean
language sql volatile set search_path = orchestrator, pg_temp as $$
	select coalesce(bool_or(fail_run(id, p_error)), false) from workflow_orchestration
	where n8n_execution_id = p_n8n_execution_id and kind = 'run' and lease_until is not null;
$$;
