-- Caller: statement triggers on workflow_orchestration, for executions and runs alike.
-- Guard: OR002 on a pair that legal_transitions lacks, on an epoch that goes back, and on an INSERT in a state that
-- initial_states lacks; an INSERT is logged with from_state null.
create or replace function orchestrator.log_execution_transitions() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := log_actor();
	v_context constant jsonb := log_context();
	v_metadata constant jsonb := log_metadata();
begin
	if tg_op = 'INSERT' then
		insert into state_transitions (entity, execution_id, from_state, to_state, epoch, at, actor, context, metadata, parent_execution_id)
		select e.entity, n.id, null,
			case when i.state is null then illegal_transition(format('%s %s', e.entity, n.id), 'nothing', n.status) else n.status end,
			n.epoch, clock_timestamp(), v_actor, v_context || n.context, v_metadata, n.parent_execution_id
		from new_rows n
		cross join lateral (select case n.kind when 'run' then 'run' else 'execution' end as entity) e
		left join initial_states i on i.entity = e.entity and i.state = n.status
		order by n.created_at, n.id;
		return null;
	end if;
	insert into state_transitions (entity, execution_id, from_state, to_state, epoch, at, actor, context, metadata, parent_execution_id)
	select e.entity, n.id, o.status,
		case when n.epoch < o.epoch then illegal_transition(format('the epoch of %s %s', e.entity, n.id), o.epoch::text, n.epoch::text)
			when l.event is null then illegal_transition(format('%s %s', e.entity, n.id), o.status, n.status) else n.status end,
		n.epoch, clock_timestamp(), v_actor, v_context, v_metadata, n.parent_execution_id
	from new_rows n join old_rows o using (id)
	cross join lateral (select case n.kind when 'run' then 'run' else 'execution' end as entity) e
	left join legal_transitions l on l.entity = e.entity and l.from_state = o.status and l.to_state = n.status
	where n.status <> o.status or n.epoch < o.epoch order by n.id;
	return null;
end $$;
