-- Caller: check_resource_availability, next_due_at. What a claim could take of one type now: queued under keys that are
-- not paused, or due but not promoted yet. Each key is counted up to p_bound.
-- Answer: one row; top and oldest are null when there is none.
create or replace function orchestrator.eligible_tasks(
	p_workflow_type text, p_bound integer, out eligible bigint, out top smallint, out oldest timestamptz
)
language sql stable set search_path = orchestrator, pg_temp as $$
	select coalesce(sum(x.n), 0), max(x.top), min(x.oldest) from (
		select c.n, h.top, h.oldest from fair_keys k
		cross join lateral (
			select max(p)::smallint as top, min(t.eligible_at) as oldest from generate_series(1, 10) p
			cross join lateral (
				select t.eligible_at from tasks t where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
				order by t.eligible_at, t.id limit 1) t) h
		cross join lateral (
			select count(*) as n from (
				select 1 from tasks t where t.state = 'queued' and t.fair_key = k.fair_key limit p_bound) b) c
		where k.workflow_type = p_workflow_type and k.paused_at is null
		union all
		select count(*), max(d.priority), min(d.eligible_at) from (
			select t.priority, t.eligible_at from tasks t join fair_keys k using (fair_key)
			where t.state = 'scheduled' and t.not_before <= clock_timestamp() and k.workflow_type = p_workflow_type
				and k.paused_at is null
			limit p_bound) d) x;
$$;
