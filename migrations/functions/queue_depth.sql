-- Caller: check_resource_availability, complete_run, system_state.
-- Promise: how many tasks of a type (null = of all) are queued, and how many wait for their time; each fair key is counted
-- up to p_bound, so that a look at a queue of a million stays short.
create or replace function orchestrator.queue_depth(p_bound integer, p_workflow_type text default null, out queued bigint, out scheduled bigint)
language sql stable set search_path = orchestrator, pg_temp as $$
	select
		(select coalesce(sum(q.n), 0) from fair_keys k cross join lateral (
			select count(*) as n from (
				select 1 from tasks t where t.state = 'queued' and t.fair_key = k.fair_key limit p_bound) b) q
			where p_workflow_type is null or k.workflow_type = p_workflow_type),
		(select count(*) from (
			select 1 from tasks t where t.state = 'scheduled' and (p_workflow_type is null or t.workflow_type = p_workflow_type)
			limit p_bound) b);
$$;
