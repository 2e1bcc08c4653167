-- Caller: repair_anomaly: an active execution that holds no slot would let the cap be exceeded.
-- Guard: locked without waiting, still active, still without a slot. Answer: false = busy, or not so any more.
create or replace function orchestrator.expire_orphan(p_id uuid) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_row workflow_orchestration;
	v_failed record;
	v_error jsonb;
begin
	select * into v_row from workflow_orchestration where id = p_id and kind = 'dispatch' for update skip locked;
	if v_row.id is null or v_row.lease_until is null or exists (select 1 from execution_slots where execution_id = p_id) then
		return false;
	end if;
	v_error := jsonb_build_object('code', 'ORPHANED', 'message', format('Execution %s was %s without a slot.', p_id, v_row.status));
	select * into v_failed from fail_unsettled(v_row, v_error);
	perform record_execution_failure(v_row, v_error, 'retry', to_jsonb(v_failed));
	perform finish_executions(array[p_id], 'expired', v_error);
	return true;
end $$;
