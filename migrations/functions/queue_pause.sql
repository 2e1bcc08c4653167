-- Caller: pause_queue, resume_queue. Answer: the pause of a key, or of a type when p_fair_key is null; null = not paused.
create or replace function orchestrator.queue_pause(p_workflow_type text, p_fair_key text) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select case when p_fair_key is null
		then (select pause_json(paused_at, paused_reason, paused_by) from workflow_types where workflow_type = p_workflow_type)
		else (select pause_json(paused_at, paused_reason, paused_by) from fair_keys where fair_key = p_fair_key) end;
$$;
