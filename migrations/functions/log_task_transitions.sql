-- Caller: statement triggers on tasks, so that no path can pass the log or the table of legal transitions by.
-- Guard: OR002 on a pair that legal_transitions lacks, on an epoch that goes back, and on an INSERT in a state that
-- initial_states lacks; an INSERT is logged with from_state null, and with the task's context without secrets.
create or replace function orchestrator.log_task_transitions() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := log_actor();
	v_context constant jsonb := log_context();
	v_metadata constant jsonb := log_metadata();
	v_initial text[];
begin
	if tg_op = 'INSERT' then
		v_initial := array(select state from initial_states where entity = 'task');
		insert into state_transitions (entity, task_id, from_state, to_state, epoch, at, actor, context, metadata, parent_task_id, parent_execution_id)
		select 'task', n.id, null,
			case when n.state = any (v_initial) then n.state else illegal_transition(format('task %s', n.id), 'nothing', n.state) end,
			n.epoch, clock_timestamp(), v_actor, case n.context when '{}' then v_context else v_context || redact(n.context) end, v_metadata, n.parent_task_id, n.parent_execution_id
		from new_rows n;
		return null;
	end if;
	insert into state_transitions (entity, task_id, execution_id, from_state, to_state, epoch, at, actor, context, metadata, parent_task_id, parent_execution_id)
	select 'task', n.id, coalesce(n.execution_id, o.execution_id), o.state,
		case when n.epoch < o.epoch then illegal_transition(format('the epoch of task %s', n.id), o.epoch::text, n.epoch::text)
			when l.event is null then illegal_transition(format('task %s', n.id), o.state, n.state)
			else n.state end,
		n.epoch, clock_timestamp(), v_actor, v_context, v_metadata, n.parent_task_id, n.parent_execution_id
	from new_rows n join old_rows o using (id)
	left join legal_transitions l on l.entity = 'task' and l.from_state = o.state and l.to_state = n.state
	where n.state <> o.state or n.epoch < o.epoch order by n.id;
	return null;
end $$;
