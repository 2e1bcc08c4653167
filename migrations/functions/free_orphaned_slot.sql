-- Caller: repair_anomaly. Guard: the slot is locked without waiting; no active execution is behind it.
-- Answer: false = busy, or it has an active execution after all.
create or replace function orchestrator.free_orphaned_slot(p_slot_no smallint) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	perform 1 from execution_slots where slot_no = p_slot_no and execution_id is not null for update skip locked;
	if not found then return false; end if;
	update execution_slots s set execution_id = null, workflow_type = null, fair_key = null
	where s.slot_no = p_slot_no and not exists (
		select 1 from workflow_orchestration e where e.id = s.execution_id and e.kind = 'dispatch' and e.lease_until is not null);
	if not found then return false; end if;
	perform wake_up();
	return true;
end $$;
