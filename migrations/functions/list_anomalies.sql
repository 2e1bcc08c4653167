-- Caller: runs.findAnomalies; an operator in psql. Reads only.
-- Answer: what is wrong now, with the procedure that repairs it, what that does and when it is over. Guard: that of find_anomalies.
create or replace function orchestrator.list_anomalies(p_deep boolean default false, p_limit integer default 100)
returns table (kind text, entity text, entity_id text, detail jsonb, procedure text, action text, exit_criterion text)
language sql stable set search_path = orchestrator, pg_temp as $$
	select f.kind, f.entity, f.entity_id, f.detail, k.procedure, k.action, k.exit_criterion
	from find_anomalies(p_deep, p_limit) f join anomaly_kinds k on k.kind = f.kind order by f.kind, f.entity_id;
$$;
