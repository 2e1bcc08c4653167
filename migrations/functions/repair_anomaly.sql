-- Caller: handle_anomalies. The named procedure of each kind (anomaly_kinds.procedure).
-- Guard: that of each procedure. Answer: {repaired, …}; repaired false = busy, over already, or nothing that SQL can do.
create or replace function orchestrator.repair_anomaly(p_kind text, p_entity_id text) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	return case p_kind
		when 'slot_without_execution' then jsonb_build_object('repaired', free_orphaned_slot(p_entity_id::smallint))
		when 'execution_without_slot' then jsonb_build_object('repaired', expire_orphan(p_entity_id::uuid))
		when 'task_without_execution' then jsonb_build_object('repaired', fail_orphaned_task(p_entity_id::bigint))
		when 'clock_backwards' then jsonb_build_object('repaired', rebase_clocks() > 0)
		when 'unsettled_receipt' then jsonb_build_object('repaired', release_receipt(p_entity_id))
		else '{"repaired": false}' end;
end $$;
