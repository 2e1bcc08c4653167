-- Caller: handle_anomalies; functions that find and repair in one step. One open row for each kind and thing.
-- Guard: OR005 for a kind that anomaly_kinds lacks. Answer: the row's id. p_resolved = it is over already.
create or replace function orchestrator.record_anomaly(
	p_kind text, p_entity text, p_entity_id text, p_detail jsonb, p_result jsonb, p_resolved boolean default false
) returns bigint
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_kind anomaly_kinds;
	v_id bigint;
begin
	select * into v_kind from anomaly_kinds where kind = p_kind;
	if not found then raise exception 'there is no kind of anomaly %', p_kind using errcode = 'OR005'; end if;
	insert into anomalies (kind, entity, entity_id, detail, detector, threshold, action, resolved_at, resolution)
	values (p_kind, p_entity, p_entity_id, redact(p_detail), v_kind.detector, v_kind.threshold,
		jsonb_build_object('procedure', v_kind.procedure, 'result', p_result),
		case when p_resolved then clock_timestamp() end, case when p_resolved then v_kind.exit_criterion end)
	on conflict (kind, entity_id) where resolved_at is null do update
		set last_seen_at = clock_timestamp(), detail = excluded.detail, action = excluded.action
	returning id into v_id;
	return v_id;
end $$;
