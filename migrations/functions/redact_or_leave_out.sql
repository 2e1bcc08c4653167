-- Caller: the triggers before what must always be stored: failures, errors of tasks and executions.
-- Promise: redact(p_value); of a value that is nested too deeply for that, a note that says so.
create or replace function orchestrator.redact_or_leave_out(p_value jsonb) returns jsonb
language plpgsql immutable parallel safe set search_path = orchestrator, pg_temp as $$
begin
	return redact(p_value);
exception when statement_too_complex then
	return '{"leftOut": "It is nested too deeply to be searched for secrets."}';
end $$;
