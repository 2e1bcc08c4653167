-- Caller: history.runs; an operator in psql. Reads only. Ended runs of the orchestrator of queue and archive, newest first; null
-- matches everything.
-- p_from and p_to are a half-open range of the end; p_after_* are finishedAt and runId of the last row of the page before.
-- Guard: OR005 when p_limit is not 1 to 1000. Answer: {runId, kind, state, slotKey, owner, durationMs, costUsd, error, context,
-- createdAt, finishedAt, archived} a run; no row = nothing (more).
-- Example: select orchestrator.run_history(p_kinds => '{heartbeat}', p_limit => 10);
create or replace function orchestrator.run_history(
	p_states text[] default null, p_kinds text[] default null, p_from timestamptz default null, p_to timestamptz default null,
	p_after_finished_at timestamptz default null, p_after_id uuid default null, p_limit integer default 50
) returns setof jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
	perform check_page_limit(p_limit);
	return query
	with page as materialized (
		select x.* from unnest(array['heartbeat', 'wake_up', 'manual']) k(run_kind)
		cross join unnest(array['COMPLETED', 'ERROR_RECOVERY']) s(status)
		cross join lateral (
			(select e.finished_at, e.id, false as archived from workflow_orchestration e
			where e.kind = 'run' and e.run_kind = k.run_kind and e.status = s.status and e.finished_at is not null
				and e.finished_at >= coalesce(p_from, '-infinity') and e.finished_at < coalesce(p_to, 'infinity')
				and (e.finished_at, e.id) < (coalesce(p_after_finished_at, 'infinity'), coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
			order by e.finished_at desc, e.id desc limit p_limit)
			union all
			(select e.finished_at, e.id, true from archived_executions e
			where e.kind = 'run' and e.run_kind = k.run_kind and e.status = s.status
				and e.finished_at >= coalesce(p_from, '-infinity') and e.finished_at < coalesce(p_to, 'infinity')
				and (e.finished_at, e.id) < (coalesce(p_after_finished_at, 'infinity'), coalesce(p_after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
			order by e.finished_at desc, e.id desc limit p_limit)) x
		where (p_kinds is null or k.run_kind = any (p_kinds)) and (p_states is null or s.status = any (p_states))
		order by x.finished_at desc, x.id desc limit p_limit
	)
	select jsonb_build_object(
		'runId', e.id, 'kind', e.run_kind, 'state', e.status, 'slotKey', e.slot_key, 'owner', e.owner,
		'durationMs', e.duration_ms, 'costUsd', e.cost_usd, 'error', e.error, 'context', e.context, 'createdAt', e.created_at, 'finishedAt', e.finished_at,
		'archived', e.archived)
	from page p join history_executions e on e.id = p.id and e.archived = p.archived
	order by p.finished_at desc, p.id desc;
end $$;
