-- Caller: everything that records a failure. Promise: what was going on at the time, in a few numbers, without payloads.
create or replace function orchestrator.system_state(p_workflow_type text) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'slots', (select jsonb_build_object('used', count(execution_id), 'total', count(*)) from execution_slots),
		'typeRunning', (select count(*) from execution_slots s
			where s.execution_id is not null and s.workflow_type = p_workflow_type),
		'typeEligible', (select eligible from eligible_tasks(p_workflow_type, 1000)),
		'connections', (select count(*) from pg_stat_activity where usename = session_user));
$$;
