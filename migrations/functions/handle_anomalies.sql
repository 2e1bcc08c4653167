-- Caller: recover_expired in every pass; runs.handleAnomalies (deep) by hand.
-- A repair that raises is written to its row, with the error; the others are repaired.
-- Guard: one at a time: who comes second answers zeros. Repairs lock without waiting and look again.
-- Answer: {found, repaired, resolved, open}; all zero is the normal case and costs a few index look-ups.
create or replace function orchestrator.handle_anomalies(p_limit integer default 100, p_deep boolean default false) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_each record;
	v_result jsonb;
	v_found integer := 0;
	v_repaired integer := 0;
	v_resolved integer := 0;
begin
	perform assert_read_committed();
	if pg_try_advisory_xact_lock(hashtext('master-orchestrator anomalies')) then
		for v_each in select * from find_anomalies(p_deep, p_limit) f order by f.kind, f.entity_id loop
			perform set_actor('recover', jsonb_build_object('reason', v_each.kind));
			begin
				v_result := repair_anomaly(v_each.kind, v_each.entity_id);
			exception when others then
				if passes_by_itself(sqlstate) then raise; end if;
				v_result := jsonb_build_object('repaired', false, 'sqlstate', sqlstate, 'message', redact_text(sqlerrm));
			end;
			perform record_anomaly(v_each.kind, v_each.entity, v_each.entity_id, v_each.detail, v_result);
			v_found := v_found + 1;
			v_repaired := v_repaired + (v_result -> 'repaired' = 'true')::integer;
		end loop;
		if exists (select 1 from anomalies where resolved_at is null) then v_resolved := resolve_anomalies(p_deep, p_limit); end if;
	end if;
	return jsonb_build_object('found', v_found, 'repaired', v_repaired, 'resolved', v_resolved,
		'open', (select count(*) from anomalies where resolved_at is null));
end $$;
