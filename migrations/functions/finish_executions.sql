-- Caller: settle, refuse, abandon, recover, cancel: with the executions locked. Ends them, frees their slots, wakes the
-- orchestrator.
-- Guard: only active executions. Answer: how many ended now.
create or replace function orchestrator.finish_executions(p_ids uuid[], p_status text, p_error jsonb) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_ended integer;
begin
	if p_ids = '{}' then return 0; end if;
	update workflow_orchestration set status = p_status, lease_until = null, error = coalesce(p_error, error),
		last_at = greatest(last_at, clock_timestamp()), finished_at = greatest(last_at, clock_timestamp()),
		duration_ms = extract(epoch from greatest(last_at, clock_timestamp()) - created_at) * 1000
	where id = any (p_ids) and status in ('claimed', 'accepted', 'started');
	get diagnostics v_ended = row_count;
	update execution_slots set execution_id = null, workflow_type = null, fair_key = null where execution_id = any (p_ids);
	if v_ended > 0 then perform wake_up(); end if;
	return v_ended;
end $$;
