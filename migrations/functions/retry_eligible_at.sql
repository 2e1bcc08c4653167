-- Caller: fail_task, refuse_execution. S5: due time minus half of the wait before the last claim, so that a task which
-- fails again and again loses its age instead of leading for ever.
create or replace function orchestrator.retry_eligible_at(p_due timestamptz, p_eligible_at timestamptz, p_claimed_at timestamptz)
returns timestamptz
language sql immutable parallel safe as $$
	select p_due - greatest(interval '0', p_claimed_at - p_eligible_at) / 2;
$$;
