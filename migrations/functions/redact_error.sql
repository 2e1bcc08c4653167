-- Caller: triggers before an update of error on tasks and on workflow_orchestration, when one is written.
-- Promise: whatever path it came by, the stored error is redact(error), or a note that it could not be searched.
create or replace function orchestrator.redact_error() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	new.error := redact_or_leave_out(new.error);
	return new;
end $$;
