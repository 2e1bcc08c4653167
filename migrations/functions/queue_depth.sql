-- Caller: check_resource_availability, complete_run, system_state, get_system_health.
-- Promise: how many tasks are queued and how many wait for their time. Exact up to 10,000 each; beyond that what the last
-- VACUUM or ANALYZE saw, so that a look at a queue of a million stays short.
create or replace function orchestrator.queue_depth(out queued bigint, out scheduled bigint)
language plpgsql stable set search_path = orchestrator, pg_temp set enable_seqscan = off as $$
declare
	c_exact constant integer := 10000;
begin
	queued := (select count(*) from (select 1 from tasks where state = 'queued' limit c_exact + 1) q);
	scheduled := (select count(*) from (select 1 from tasks where state = 'scheduled' limit c_exact + 1) q);
	if queued > c_exact then queued := greatest(queued, (select reltuples::bigint from pg_class where oid = 'tasks_to_claim'::regclass)); end if;
	if scheduled > c_exact then scheduled := greatest(scheduled, (select reltuples::bigint from pg_class where oid = 'tasks_to_promote'::regclass)); end if;
end $$;
