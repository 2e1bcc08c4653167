-- Caller: executions.renew, every third of the lease while the work lasts.
-- Guard: accepted or started, same epoch, lease in force. Never past the deadline.
-- Answer: the new lease; null = the execution was taken away, stop working.
create or replace function orchestrator.renew_execution(p_id uuid, p_epoch integer) returns timestamptz
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_row workflow_orchestration;
	v_at timestamptz;
	v_lease timestamptz;
begin
	perform assert_read_committed();
	v_row := lock_execution(p_id);
	if v_row.id is null or v_row.epoch <> p_epoch or v_row.status not in ('accepted', 'started') then return null; end if;
	v_at := greatest(v_row.last_at, clock_timestamp());
	if v_row.lease_until <= v_at then return null; end if;
	v_lease := work_lease(v_row.workflow_type, v_at, v_row.deadline_at);
	update workflow_orchestration set lease_until = v_lease, last_at = v_at where id = p_id and epoch = p_epoch;
	return v_lease;
end $$;
