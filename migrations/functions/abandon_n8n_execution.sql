-- Caller: executions.abandonByN8nExecution, from the error workflow, which knows only n8n's id. p_n8n_instance: the n8n that the
-- error workflow runs in; an execution of another n8n has the same id and is left alone. Null = only what runs in an unknown one.
-- Guard: that of abandon_execution. Answer: how many tasks failed; 0 = no active execution of ours ran in it.
create or replace function orchestrator.abandon_n8n_execution(p_n8n_instance text, p_n8n_execution_id text, p_error jsonb) returns integer
language sql volatile set search_path = orchestrator, pg_temp as $$
	select coalesce(sum(abandon_execution(id, epoch, p_error)), 0)::integer from workflow_orchestration
	where n8n_execution_id = p_n8n_execution_id and (n8n_instance is null or n8n_instance = p_n8n_instance)
		and kind = 'dispatch' and n8n_ended_at is null;
$$;
