-- Caller: complete_run, fail_run, update_execution_status, recover_expired.
-- Guard: an unfinished run. Completing a heartbeat finishes its slot, once and only in its own epoch; if another took the
-- slot over, this run ends in ERROR_RECOVERY instead. Answer: false = it had ended before.
create or replace function orchestrator.end_run(p_id uuid, p_status text, p_error jsonb) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_row workflow_orchestration;
	v_at timestamptz;
	v_status text := p_status;
	v_error jsonb := p_error;
begin
	perform lock_run_slot(p_id);
	select * into v_row from workflow_orchestration where id = p_id and kind = 'run' for update;
	if v_row.id is null or v_row.finished_at is not null then return false; end if;
	v_at := greatest(v_row.last_at, clock_timestamp());
	if v_row.run_kind = 'heartbeat' and p_status = 'COMPLETED' then
		update heartbeats set finished_at = v_at, last_at = greatest(last_at, v_at)
		where slot_key = v_row.slot_key and epoch = v_row.slot_epoch and run_id = p_id and finished_at is null;
		if not found then
			v_status := 'ERROR_RECOVERY';
			v_error := jsonb_build_object('code', 'SLOT_LOST', 'message', 'Another heartbeat took the slot over before this run ended.');
		end if;
	end if;
	update workflow_orchestration set status = v_status, error = v_error, lease_until = null, last_at = v_at, finished_at = v_at,
		duration_ms = extract(epoch from v_at - created_at) * 1000
	where id = p_id and status = v_row.status;
	if v_status = 'ERROR_RECOVERY' then perform record_execution_failure(v_row, v_error, 'end_run'); end if;
	return v_status = p_status;
end $$;
