-- Caller: runs.failByN8nExecution, from the error workflow, which knows only n8n's id. p_n8n_instance: as in abandon_n8n_execution.
-- Guard: that of end_run. Answer: false = no unfinished run of ours ran in it.
create or replace function orchestrator.fail_n8n_run(p_n8n_instance text, p_n8n_execution_id text, p_error jsonb) returns boolean
language sql volatile set search_path = orchestrator, pg_temp as $$
	select coalesce(bool_or(fail_run(id, p_error)), false) from workflow_orchestration
	where n8n_execution_id = p_n8n_execution_id and (n8n_instance is null or n8n_instance = p_n8n_instance)
		and kind = 'run' and lease_until is not null;
$$;
