-- Caller: queue.keys; an operator in psql: select orchestrator.list_fair_keys();
-- Guard: OR005 for a field that is unknown or of another kind.
-- Answer: {fairKey, workflowType, weight, queued, oldestEligibleAt, running, pause, typePause (each null or {at, reason, by})} a key, by
-- type and key, at most 1,000; queued tasks are counted up to 10,000 a key.
-- Keys (p_filter): workflowType, paused (true or false, by the key or its type). Left out = everything.
-- Example: select orchestrator.list_fair_keys();
create or replace function orchestrator.list_fair_keys(p_filter jsonb default '{}') returns setof jsonb
language plpgsql stable set search_path = orchestrator, pg_temp as $$
begin
	perform check_fields(p_filter, 'filter', '{"workflowType": "text", "paused": "boolean"}');
	return query
	select jsonb_build_object('fairKey', k.fair_key, 'workflowType', k.workflow_type, 'weight', k.weight,
		'queued', (select count(*) from (select 1 from tasks t where t.state = 'queued' and t.fair_key = k.fair_key limit 10000) q),
		'oldestEligibleAt', (select min(h.eligible_at) from generate_series(1, 10) p cross join lateral (
			select t.eligible_at from tasks t where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
			order by t.eligible_at, t.id limit 1) h),
		'running', (select count(*) from execution_slots s where s.execution_id is not null and s.workflow_type = k.workflow_type
			and s.fair_key = k.fair_key),
		'pause', pause_json(k.paused_at, k.paused_reason, k.paused_by),
		'typePause', pause_json(y.paused_at, y.paused_reason, y.paused_by))
	from fair_keys k join workflow_types y using (workflow_type)
	where (p_filter ->> 'workflowType' is null or k.workflow_type = p_filter ->> 'workflowType')
		and (p_filter ->> 'paused' is null or (k.paused_at is not null or y.paused_at is not null) = (p_filter ->> 'paused')::boolean)
	order by k.workflow_type, k.fair_key limit 1000;
end $$;
