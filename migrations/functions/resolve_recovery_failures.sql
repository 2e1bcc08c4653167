-- Caller: recover_expired, at its end. An item that failed once is over when it needs no recovery any more, a step when it did not
-- fail since p_since. Guard: none; only open rows of this kind, of which there are none in the normal case. Answer: how many are over.
create or replace function orchestrator.resolve_recovery_failures(p_since timestamptz) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_resolved integer;
begin
	update anomalies a set resolved_at = clock_timestamp(), resolution = k.exit_criterion
	from anomaly_kinds k
	where k.kind = 'recovery_failed' and a.kind = k.kind and a.resolved_at is null and a.last_seen_at < p_since
		and not case
			when a.entity in ('execution', 'run') then exists (
				select 1 from workflow_orchestration e where e.id = a.entity_id::uuid and e.lease_until <= clock_timestamp())
			when a.entity = 'task' then exists (
				select 1 from tasks t where t.id = a.entity_id::bigint and t.state in ('scheduled', 'queued') and t.expires_at <= clock_timestamp())
			when a.entity = 'tree' then case when a.entity_id ~ '^[0-9]+$'
				then exists (select 1 from tasks t where t.id = a.entity_id::bigint)
				else exists (select 1 from workflow_orchestration e where e.id = a.entity_id::uuid) end
			else false end;
	get diagnostics v_resolved = row_count;
	return v_resolved;
end $$;
