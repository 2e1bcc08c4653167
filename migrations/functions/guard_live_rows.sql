-- Caller: statement triggers after DELETE on tasks and on workflow_orchestration.
-- Guard: OR002 when a row is deleted that has not ended; archiving what ended is fine.
create or replace function orchestrator.guard_live_rows() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_live record;
begin
	if tg_table_name = 'tasks' then
		select format('task %s', id) as what, state as state into v_live from old_rows where finished_at is null limit 1;
	else
		select format('%s %s', kind, id) as what, status as state into v_live from old_rows where finished_at is null limit 1;
	end if;
	if found then perform illegal_transition(v_live.what, v_live.state, 'nothing'); end if;
	return null;
end $$;
