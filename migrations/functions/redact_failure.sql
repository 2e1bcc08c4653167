-- Caller: trigger before each insert into failures.
-- Promise: error, message, code, input, system state and result are stored without secrets.
create or replace function orchestrator.redact_failure() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	new.error := redact_or_leave_out(new.error);
	new.message := redact_text(new.message);
	new.code := redact_text(new.code);
	new.input := redact_or_leave_out(new.input);
	new.system_state := redact_or_leave_out(new.system_state);
	new.result := redact_or_leave_out(new.result);
	return new;
end $$;
