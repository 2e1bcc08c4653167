-- Caller: history.tasks; an operator in psql. Reads only. Ended tasks of queue and archive, newest first; null matches everything.
-- p_from and p_to are a half-open range of the end; p_after_* are finishedAt and taskId of the last row of the page before.
-- Guard: OR005 when p_limit is not 1 to 1000. Answer: {taskId, workflowType, state, priority, attempts (failures and the present
-- attempt), input, waitMs (to the first claim),
-- durationMs (of the last attempt), costUsd, result, error, createdAt, finishedAt, fairKey, idempotencyKey, eligibleAt, notBefore,
-- expiresAt,
-- executionId, parentTaskId, parentExecutionId, coalesced, archived} a task; no row = nothing (more).
-- Example: select orchestrator.task_history(p_states => '{dead}', p_from => now() - interval '7 days', p_limit => 20);
create or replace function orchestrator.task_history(
	p_states text[] default null, p_types text[] default null, p_from timestamptz default null, p_to timestamptz default null,
	p_after_finished_at timestamptz default null, p_after_id bigint default null, p_limit integer default 50
) returns setof jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
	perform check_page_limit(p_limit);
	return query
	with page as materialized (
		select x.* from workflow_types y
		cross join unnest(array['succeeded', 'dead', 'cancelled']::task_state[]) s(state)
		cross join lateral (
			(select t.finished_at, t.id, false as archived from tasks t
			where t.workflow_type = y.workflow_type and t.state = s.state and t.finished_at is not null
				and t.finished_at >= coalesce(p_from, '-infinity') and t.finished_at < coalesce(p_to, 'infinity')
				and (t.finished_at, t.id) < (coalesce(p_after_finished_at, 'infinity'), coalesce(p_after_id, 9223372036854775807))
			order by t.finished_at desc, t.id desc limit p_limit)
			union all
			(select t.finished_at, t.id, true from archived_tasks t
			where t.workflow_type = y.workflow_type and t.state = s.state
				and t.finished_at >= coalesce(p_from, '-infinity') and t.finished_at < coalesce(p_to, 'infinity')
				and (t.finished_at, t.id) < (coalesce(p_after_finished_at, 'infinity'), coalesce(p_after_id, 9223372036854775807))
			order by t.finished_at desc, t.id desc limit p_limit)) x
		where (p_types is null or y.workflow_type = any (p_types)) and (p_states is null or s.state = any (p_states))
		order by x.finished_at desc, x.id desc limit p_limit
	)
	select task_overview(jsonb_populate_record(null::tasks, to_jsonb(t))) || jsonb_build_object('archived', t.archived)
	from page p join history_tasks t on t.id = p.id and t.archived = p.archived
	order by p.finished_at desc, p.id desc;
end $$;
