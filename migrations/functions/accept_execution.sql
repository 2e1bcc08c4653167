-- Caller: executions.accept, before the Task Trigger's 202 (S9).
-- Guard: from claimed, same epoch, lease in force: once. Starts the work lease and the deadline; the delivery series is over.
-- Answer: accepted | duplicate (was accepted before: start nothing) | stale (wrong epoch, expired, cancelled, unknown).
create or replace function orchestrator.accept_execution(p_id uuid, p_epoch integer, p_webhook_id text) returns text
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_row workflow_orchestration;
	v_at timestamptz;
	v_deadline timestamptz;
begin
	perform assert_read_committed();
	v_row := lock_execution(p_id);
	if v_row.id is null or v_row.epoch <> p_epoch or v_row.status in ('expired', 'cancelled') then return 'stale'; end if;
	if v_row.status in ('accepted', 'started', 'reported') then return 'duplicate'; end if;
	v_at := greatest(v_row.last_at, clock_timestamp());
	if v_row.lease_until <= v_at then return 'stale'; end if;
	v_deadline := v_at + make_interval(secs => v_row.limit_seconds);
	perform set_actor('accept');
	update workflow_orchestration set status = 'accepted', accepted_at = v_at, last_at = v_at, deadline_at = v_deadline,
		webhook_id = p_webhook_id, lease_until = work_lease(v_row.workflow_type, v_at, v_deadline)
	where id = p_id and epoch = p_epoch and status = 'claimed';
	update tasks set delivery_failures = 0
	where id = any (v_row.task_ids) and execution_id = p_id and epoch = p_epoch and delivery_failures > 0;
	return 'accepted';
end $$;
