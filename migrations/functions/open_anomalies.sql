-- Caller: runs.openAnomalies (recover); an operator in psql. Reads only. Guard: none.
-- Answer: what was found and is still open, or was seen within the last p_within and is over: with what was done about it and what came of it.
-- Example: select count(*) filter (where not over) as open, count(*) filter (where over) as over from orchestrator.open_anomalies('1 day');
create or replace function orchestrator.open_anomalies(p_within interval default '0', p_limit integer default 100)
returns table (kind text, entity text, entity_id text, procedure text, result jsonb, over boolean, exit_criterion text)
language sql stable set search_path = orchestrator, pg_temp as $$
	select a.kind, a.entity, a.entity_id, k.procedure,
		coalesce(a.action -> 'result', '{}') || case a.kind when 'recovery_failed' then a.detail else '{}' end,
		a.resolved_at is not null, k.exit_criterion
	from anomalies a join anomaly_kinds k on k.kind = a.kind
	where a.resolved_at is null or a.last_seen_at >= clock_timestamp() - p_within
	order by a.resolved_at is not null, a.kind, a.entity_id limit p_limit;
$$;
