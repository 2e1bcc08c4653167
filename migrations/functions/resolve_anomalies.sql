-- Caller: handle_anomalies, after the repairs. An open anomaly is over when its detector does not find it any more.
-- What recovery failed on is judged by resolve_recovery_failures.
-- Guard: a kind of which the detector found as many as it may show is left open, and so are the deep ones unless p_deep.
-- Answer: how many are over now.
create or replace function orchestrator.resolve_anomalies(p_deep boolean, p_limit integer) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_resolved integer;
begin
	with found_now as materialized (select f.kind, f.entity_id from find_anomalies(p_deep, p_limit) f),
		crowded as (select f.kind from found_now f group by f.kind having count(*) >= p_limit)
	update anomalies a set resolved_at = clock_timestamp(), resolution = k.exit_criterion
	from anomaly_kinds k
	where a.resolved_at is null and k.kind = a.kind and a.kind <> 'recovery_failed' and (p_deep or a.kind <> 'task_without_execution')
		and not exists (select 1 from crowded c where c.kind = a.kind)
		and not exists (select 1 from found_now f where f.kind = a.kind and f.entity_id = a.entity_id);
	get diagnostics v_resolved = row_count;
	return v_resolved;
end $$;
