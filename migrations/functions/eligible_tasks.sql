-- Caller: check_resource_availability, next_due_at, system_state. What a claim could take of one type now: queued under
-- keys that are not paused, or due but not promoted yet; counted up to p_bound.
-- Answer: one row; top and oldest are null when there is none.
create or replace function orchestrator.eligible_tasks(
	p_workflow_type text, p_bound integer, out eligible bigint, out top smallint, out oldest timestamptz
)
language plpgsql stable set search_path = orchestrator, pg_temp set enable_seqscan = off as $$
begin
	select max(h.top), min(h.oldest) into top, oldest from (
		select p::smallint as top, t.eligible_at as oldest from fair_keys k cross join generate_series(1, 10) p
		cross join lateral (
			select t.eligible_at from tasks t where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
			order by t.eligible_at, t.id limit 1) t
		where k.workflow_type = p_workflow_type and k.paused_at is null
		union all
		select t.priority, t.eligible_at from tasks t join fair_keys k using (fair_key)
		where t.state = 'scheduled' and t.not_before <= clock_timestamp() and k.workflow_type = p_workflow_type and k.paused_at is null
	) h;
	eligible := (select count(*) from (
		(select 1 from fair_keys k cross join lateral (
			select 1 from tasks t where t.state = 'queued' and t.fair_key = k.fair_key limit p_bound) t
		where top is not null and k.workflow_type = p_workflow_type and k.paused_at is null limit p_bound)
		union all
		(select 1 from tasks t join fair_keys k using (fair_key)
		where t.state = 'scheduled' and t.not_before <= clock_timestamp() and k.workflow_type = p_workflow_type and k.paused_at is null
		limit p_bound)) e);
end $$;
