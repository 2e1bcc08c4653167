-- Caller: accept, start, renew. Promise: now + the type's work lease, never past the deadline.
create or replace function orchestrator.work_lease(p_workflow_type text, p_at timestamptz, p_deadline timestamptz) returns timestamptz
language sql stable set search_path = orchestrator, pg_temp as $$
	select least(p_at + make_interval(secs => work_lease_seconds::double precision), p_deadline)
	from workflow_types where workflow_type = p_workflow_type;
$$;
