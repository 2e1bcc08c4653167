-- Caller: recover_expired for one candidate.
-- Guard: slot, then run are locked, then the lease is checked again. Answer: false = not expired any more, or ended.
create or replace function orchestrator.expire_run(p_id uuid) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	perform lock_run_slot(p_id);
	perform 1 from workflow_orchestration where id = p_id and kind = 'run' and lease_until <= greatest(last_at, clock_timestamp())
		for update skip locked;
	if not found then return false; end if;
	perform set_actor('recover', '{"reason": "lease_expired"}');
	perform record_anomaly('stuck_run', 'run', p_id::text, '{"reason": "lease_expired"}', '{"repaired": true}', true);
	return end_run(p_id, 'ERROR_RECOVERY', '{"code": "LEASE_EXPIRED", "message": "The run ended without a word; its lease ran out."}');
end $$;
