-- Caller: check_resource_availability. Guard: none, reads only: the ends of one range of an index each.
-- Promise: how the last 20 executions of a type that ended by a report or an expiry went: RecentWork of core/resources/snapshot.ts.
-- msPerTask: median of the reported ones, from the start of the work to its report, by the number of tasks; null = none.
-- A refused or cancelled execution says nothing of the work, and does not count.
create or replace function orchestrator.recent_work(p_workflow_type text) returns jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
	return (
		with ended as materialized (
			select e.* from unnest(array['reported', 'expired']) s(status)
			cross join lateral (
				select id, status, task_ids, started_at, finished_at from workflow_orchestration
				where kind = 'dispatch' and workflow_type = p_workflow_type and workflow_orchestration.status = s.status
					and finished_at is not null
				order by finished_at desc limit 20) e
			order by e.finished_at desc limit 20
		)
		select jsonb_build_object(
			'tasks', coalesce(sum(cardinality(task_ids)), 0),
			'failed', (select count(distinct (f.execution_id, f.task_id)) from ended e join failures f
				on f.task_id = any (e.task_ids) and f.execution_id = e.id),
			'msPerTask', percentile_cont(0.5) within group (
				order by extract(epoch from finished_at - started_at)::double precision * 1000 / cardinality(task_ids))
				filter (where status = 'reported' and started_at is not null))
		from ended);
end $$;
