-- Caller: archive_history. The ended tasks or executions (with the runs among them) that ended before p_before, oldest
-- first, behind a cursor. Guard: none: reads a snapshot; each branch is one range of an index.
-- Answer: ids as text that sorts as the id does.
create or replace function orchestrator.oldest_ended(
	p_pass text, p_before timestamptz, p_after timestamptz, p_after_id text, p_limit integer
) returns table (finished_at timestamptz, id text)
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
	if p_pass = 'tasks' then
		return query
		select x.finished_at, lpad(x.id::text, 19, '0') collate "C" from workflow_types y
		cross join unnest(array['succeeded', 'dead', 'cancelled']::task_state[]) s(state)
		cross join lateral (
			select t.finished_at, t.id from tasks t
			where t.workflow_type = y.workflow_type and t.state = s.state and t.finished_at is not null
				and t.finished_at < p_before and (t.finished_at, t.id) > (p_after, coalesce(nullif(p_after_id, '')::bigint, 0))
			order by t.finished_at, t.id limit p_limit) x
		order by 1, 2 limit p_limit;
		return;
	end if;
	return query
	select x.finished_at, x.id::text collate "C" from workflow_types y
	cross join unnest(array['reported', 'expired', 'cancelled']) s(status)
	cross join lateral (
		select e.finished_at, e.id from workflow_orchestration e
		where e.kind = 'dispatch' and e.workflow_type = y.workflow_type and e.status = s.status and e.finished_at is not null
			and e.finished_at < p_before
			and (e.finished_at, e.id) > (p_after, coalesce(nullif(p_after_id, '')::uuid, '00000000-0000-0000-0000-000000000000'))
		order by e.finished_at, e.id limit p_limit) x
	union all
	select x.finished_at, x.id::text collate "C" from unnest(array['heartbeat', 'wake_up', 'manual']) k(run_kind)
	cross join unnest(array['COMPLETED', 'ERROR_RECOVERY']) s(status)
	cross join lateral (
		select e.finished_at, e.id from workflow_orchestration e
		where e.kind = 'run' and e.run_kind = k.run_kind and e.status = s.status and e.finished_at is not null
			and e.finished_at < p_before
			and (e.finished_at, e.id) > (p_after, coalesce(nullif(p_after_id, '')::uuid, '00000000-0000-0000-0000-000000000000'))
		order by e.finished_at, e.id limit p_limit) x
	order by 1, 2 limit p_limit;
end $$;
