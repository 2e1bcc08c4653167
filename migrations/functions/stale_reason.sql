-- Caller: executions.whyStale, after a refusal of accept, start, renew, settle or publish. Reads only, archived executions included.
-- Answer: unknown (there is no such execution) | epoch (it has another) | cancelled | expired (or its lease has just run out) |
-- reported; null = it is in force. Guard: none.
create or replace function orchestrator.stale_reason(p_id uuid, p_epoch integer) returns text
language sql stable set search_path = orchestrator, pg_temp as $$
	select case when e.id is null then 'unknown' when e.epoch <> p_epoch then 'epoch' when e.status in ('expired', 'cancelled', 'reported') then e.status
		when e.lease_until <= greatest(e.last_at, clock_timestamp()) then 'expired' end
	from (select 1) one left join history_executions e on e.id = p_id and e.kind = 'dispatch' limit 1;
$$;
