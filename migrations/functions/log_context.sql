-- Caller: the log's triggers. Answer: why: what set_actor said in this transaction.
create or replace function orchestrator.log_context() returns jsonb
language sql stable as $$
	select coalesce(nullif(current_setting('orchestrator.context', true), ''), '{}')::jsonb;
$$;
