-- Caller: claim, recover_expired: before they look at the queue.
-- Guard: locks due scheduled tasks, skips those that others hold; then their keys, in order: a retry is older than its
-- time, so the claim must look further back (advance_looks). Answer: how many became queued; 0 = none was due.
create or replace function orchestrator.promote_due(p_limit integer) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_due bigint[];
begin
	v_due := array(
		select id from tasks where state = 'scheduled' and not_before <= clock_timestamp()
		order by not_before, id limit p_limit for update skip locked);
	if v_due = '{}' then return 0; end if;
	perform 1 from fair_keys where fair_key in (select t.fair_key from tasks t where t.id = any (v_due)) order by fair_key for no key update;
	update fair_keys k set looks_from = array(
			select least(k.looks_from[p], (select min(t.eligible_at) from tasks t
				where t.id = any (v_due) and t.fair_key = k.fair_key and t.priority = p))
			from generate_series(1, 10) p order by p)
	where exists (select 1 from tasks t where t.id = any (v_due) and t.fair_key = k.fair_key and t.eligible_at < k.looks_from[t.priority]);
	update tasks set state = 'queued', not_before = null, debounce_key = null where id = any (v_due);
	return cardinality(v_due);
end $$;
