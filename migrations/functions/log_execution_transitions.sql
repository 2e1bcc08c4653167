-- Caller: statement triggers on workflow_orchestration, for executions and runs alike.
-- Guard: raises OR002 on a pair that legal_transitions lacks. An INSERT is logged with from_state null.
create or replace function orchestrator.log_execution_transitions() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor text := coalesce(nullif(current_setting('orchestrator.actor', true), ''), session_user);
	v_context jsonb := coalesce(nullif(current_setting('orchestrator.context', true), ''), '{}')::jsonb;
	v_bad record;
begin
	if tg_op = 'INSERT' then
		insert into state_transitions (entity, entity_id, from_state, to_state, epoch, at, actor, context, parent_id)
		select case kind when 'run' then 'run' else 'execution' end, id::text, null, status, epoch, clock_timestamp(),
			v_actor, v_context || context, parent_execution_id::text
		from new_rows order by created_at, id;
		return null;
	end if;
	select n.id, n.kind, o.status as from_state, n.status as to_state into v_bad
	from new_rows n join old_rows o using (id)
	where n.status <> o.status and not exists (
		select 1 from legal_transitions l
		where l.entity = case n.kind when 'run' then 'run' else 'execution' end
			and l.from_state = o.status and l.to_state = n.status)
	limit 1;
	if found then
		raise exception '% % cannot go from % to %', case v_bad.kind when 'run' then 'run' else 'execution' end,
			v_bad.id, v_bad.from_state, v_bad.to_state using errcode = 'OR002';
	end if;
	insert into state_transitions (entity, entity_id, from_state, to_state, epoch, at, actor, context, parent_id)
	select case n.kind when 'run' then 'run' else 'execution' end, n.id::text, o.status, n.status, n.epoch,
		clock_timestamp(), v_actor, v_context, n.parent_execution_id::text
	from new_rows n join old_rows o using (id) where n.status <> o.status order by n.id;
	return null;
end $$;
