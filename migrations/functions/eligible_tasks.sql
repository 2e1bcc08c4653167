-- Caller: check_resource_availability, next_due_at, system_state. What a claim could take of one type now: queued under
-- keys that are not paused, or due but not promoted yet; counted up to p_bound.
-- Answer: one row; top and oldest are null when there is none.
create or replace function orchestrator.eligible_tasks(
	p_workflow_type text, p_bound integer, out eligible bigint, out top smallint, out oldest timestamptz
)
language plpgsql stable set search_path = orchestrator, pg_temp set enable_seqscan = off as $$
begin
	with keys as materialized (
		select fair_key from fair_keys where workflow_type = p_workflow_type and paused_at is null
	), due as materialized (
		select t.priority, t.eligible_at from tasks t join keys using (fair_key)
		where t.state = 'scheduled' and t.not_before <= clock_timestamp()
	), heads as (
		select p::smallint as priority, t.eligible_at from keys k cross join generate_series(1, 10) p
		cross join lateral (
			select t.eligible_at from tasks t where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
			order by t.eligible_at, t.id limit 1) t
	)
	select max(h.priority), min(h.eligible_at),
		(select count(*) from (
			select 1 from keys k cross join lateral (
				select 1 from tasks t where t.state = 'queued' and t.fair_key = k.fair_key limit p_bound) t limit p_bound) q)
		+ (select count(*) from (select 1 from due limit p_bound) d)
	into top, oldest, eligible
	from (select priority, eligible_at from heads union all select priority, eligible_at from due) h;
end $$;
