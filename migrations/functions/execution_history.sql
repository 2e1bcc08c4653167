-- Caller: history.executions; an operator in psql. Reads only. Ended executions of queue and archive, newest first; null matches
-- everything.
-- p_from and p_to are a half-open range of the end; p_after_* are finishedAt and executionId of the last row of the page before.
-- Guard: OR005 when p_limit is not 1 to 1000. Answer: {executionId, workflowType, state, epoch, taskIds, runId,
-- n8nExecutionId, durationMs, costUsd, error, createdAt, finishedAt, archived} an execution; no row = nothing (more).
-- Example: select orchestrator.execution_history(p_states => '{expired}', p_types => '{content_pipeline}');
create or replace function orchestrator.execution_history(
	p_states text[] default null, p_types text[] default null, p_from timestamptz default null, p_to timestamptz default null,
	p_after_finished_at timestamptz default null, p_after_id uuid default null, p_limit integer default 50
) returns setof jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
	perform check_page_limit(p_limit);
	return query
	with page as materialized (
		select x.* from workflow_types y
		cross join unnest(array['reported', 'expired', 'cancelled']) s(status)
		cross join lateral (
			(select e.finished_at, e.id, false as archived from workflow_orchestration e
			where e.kind = 'dispatch' and e.workflow_type = y.workflow_type and e.status = s.status and e.finished_at is not null
				and e.finished_at >= coalesce(p_from, '-infinity') and e.finished_at < coalesce(p_to, 'infinity')
				and (e.finished_at, e.id) < (coalesce(p_after_finished_at, 'infinity'), coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
			order by e.finished_at desc, e.id desc limit p_limit)
			union all
			(select e.finished_at, e.id, true from archived_executions e
			where e.kind = 'dispatch' and e.workflow_type = y.workflow_type and e.status = s.status
				and e.finished_at >= coalesce(p_from, '-infinity') and e.finished_at < coalesce(p_to, 'infinity')
				and (e.finished_at, e.id) < (coalesce(p_after_finished_at, 'infinity'), coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
			order by e.finished_at desc, e.id desc limit p_limit)) x
		where (p_types is null or y.workflow_type = any (p_types)) and (p_states is null or s.status = any (p_states))
		order by x.finished_at desc, x.id desc limit p_limit
	)
	select jsonb_build_object(
		'executionId', e.id, 'workflowType', e.workflow_type, 'state', e.status, 'epoch', e.epoch,
		'taskIds', to_jsonb(e.task_ids::text[]), 'runId', e.parent_execution_id, 'n8nExecutionId', e.n8n_execution_id,
		'durationMs', e.duration_ms, 'costUsd', e.cost_usd, 'error', e.error, 'createdAt', e.created_at, 'finishedAt', e.finished_at,
		'archived', e.archived)
	from page p join history_executions e on e.id = p.id and e.archived = p.archived
	order by p.finished_at desc, p.id desc;
end $$;
