-- Caller: runs.state, for a run that is not where its caller wanted it. Reads only, archived runs included.
-- Answer: {state, reason} as jsonb: reason = the message of the error that ended it, or null. Null = no such run. Guard: none.
-- Example: select orchestrator.run_state('00000000-0000-0000-0000-000000000000');
create or replace function orchestrator.run_state(p_id uuid) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object('state', e.status, 'reason', e.error ->> 'message')
	from history_executions e where e.id = p_id and e.kind = 'run' limit 1;
$$;
