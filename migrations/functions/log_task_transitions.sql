-- Caller: statement triggers on tasks, so that no path can pass the log or the table of legal transitions by.
-- Guard: raises OR002 on a pair that legal_transitions lacks. An INSERT is logged with from_state null.
create or replace function orchestrator.log_task_transitions() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor text := coalesce(nullif(current_setting('orchestrator.actor', true), ''), session_user);
	v_context jsonb := coalesce(nullif(current_setting('orchestrator.context', true), ''), '{}')::jsonb;
	v_bad record;
begin
	if tg_op = 'INSERT' then
		insert into state_transitions (entity, entity_id, from_state, to_state, epoch, at, actor, context, parent_id)
		select 'task', id::text, null, state, epoch, clock_timestamp(), v_actor, v_context || context, parent_execution_id::text
		from new_rows order by id;
		return null;
	end if;
	select n.id, o.state as from_state, n.state as to_state into v_bad
	from new_rows n join old_rows o using (id)
	where n.state <> o.state and not exists (
		select 1 from legal_transitions l where l.entity = 'task' and l.from_state = o.state and l.to_state = n.state)
	limit 1;
	if found then
		raise exception 'task % cannot go from % to %', v_bad.id, v_bad.from_state, v_bad.to_state using errcode = 'OR002';
	end if;
	select n.id, o.epoch as old_epoch, n.epoch as new_epoch into v_bad
	from new_rows n join old_rows o using (id) where n.epoch < o.epoch limit 1;
	if found then
		raise exception 'the epoch of task % cannot go back from % to %', v_bad.id, v_bad.old_epoch, v_bad.new_epoch
			using errcode = 'OR002';
	end if;
	insert into state_transitions (entity, entity_id, from_state, to_state, epoch, at, actor, context, parent_id)
	select 'task', n.id::text, o.state, n.state, n.epoch, clock_timestamp(), v_actor, v_context,
		coalesce(n.execution_id, o.execution_id)::text
	from new_rows n join old_rows o using (id) where n.state <> o.state order by n.id;
	return null;
end $$;
