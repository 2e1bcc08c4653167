-- Caller: executions.whyStale, after accept answered stale. Reads only, archived executions included.
-- Answer: unknown (there is no such execution) | epoch (it has another) | cancelled | expired (or its lease has just run out); null =
-- it is none of these. Guard: none.
create or replace function orchestrator.stale_reason(p_id uuid, p_epoch integer) returns text
language sql stable set search_path = orchestrator, pg_temp as $$
	select case when e.id is null then 'unknown' when e.epoch <> p_epoch then 'epoch' when e.status in ('expired', 'cancelled') then e.status
		when e.lease_until <= greatest(e.last_at, clock_timestamp()) then 'expired' end
	from (select 1) one left join history_executions e on e.id = p_id and e.kind = 'dispatch' limit 1;
$$;
