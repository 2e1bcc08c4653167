-- Caller: executions.abandonByN8nExecution, from the error workflow, which knows only n8n's id.
-- Guard: that of abandon_execution. Answer: how many tasks failed; 0 = no active execution of ours ran in it.
create or replace function orchestrator.abandon_by_n8n_execution(p_n8n_execution_id text, p_error jsonb) returns integer
language sql volatile set search_path = orchestrator, pg_temp as $$
	select coalesce(sum(abandon_execution(id, epoch, p_error)), 0)::integer from workflow_orchestration
	where n8n_execution_id = p_n8n_execution_id and kind = 'dispatch' and n8n_ended_at is null;
$$;
