-- Caller: commit functions, before they write: the log's triggers read it.
-- Guard: none; transaction-local, so nothing outlives the transaction (S15). The context is logged without secrets.
create or replace function orchestrator.set_actor(p_actor text, p_context jsonb default '{}') returns void
language sql volatile set search_path = orchestrator, pg_temp as $$
	select set_config('orchestrator.actor', p_actor, true), set_config('orchestrator.context', case p_context when '{}' then '{}' else redact(p_context)::text end, true);
$$;
