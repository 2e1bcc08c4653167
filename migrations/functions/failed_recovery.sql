-- Caller: recover_expired, expire_waiting. Answer: this item raised in the last minute: it is passed by, so that many of its kind
-- do not take the places of those that can be recovered.
create or replace function orchestrator.failed_recovery(p_entity_id text) returns boolean
language sql volatile set search_path = orchestrator, pg_temp as $$
	select exists (select 1 from anomalies where kind = 'recovery_failed' and entity_id = p_entity_id and resolved_at is null
		and last_seen_at between clock_timestamp() - interval '1 minute' and clock_timestamp());
$$;
