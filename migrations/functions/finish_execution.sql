-- Caller: settle, refuse, abandon, recover: with the execution locked. Ends it, frees its slot, wakes the orchestrator.
-- Guard: only an active execution of that epoch. Answer: false = it had ended.
create or replace function orchestrator.finish_execution(p_id uuid, p_epoch integer, p_status text, p_error jsonb) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	update workflow_orchestration set status = p_status, lease_until = null, error = coalesce(p_error, error),
		last_at = greatest(last_at, clock_timestamp()), finished_at = greatest(last_at, clock_timestamp()),
		duration_ms = extract(epoch from greatest(last_at, clock_timestamp()) - created_at) * 1000
	where id = p_id and epoch = p_epoch and status in ('claimed', 'accepted', 'started');
	if not found then return false; end if;
	update execution_slots set execution_id = null, workflow_type = null, fair_key = null where execution_id = p_id;
	perform wake_up();
	return true;
end $$;
