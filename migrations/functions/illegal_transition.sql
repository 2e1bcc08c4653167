-- Caller: the log's triggers, for a change that legal_transitions lacks; update_execution_status.
-- Guard: raises OR002, always, and names the states that are legal instead, as decideTransition of core/task/transitions.ts
-- does. p_what begins with the entity: “task 42”; what is no entity (“the epoch of task 42”) has no such states.
create or replace function orchestrator.illegal_transition(p_what text, p_from text, p_to text) returns text
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_entity constant text := split_part(p_what, ' ', 1);
	v_legal text;
begin
	if v_entity in ('task', 'execution', 'run') then
		select string_agg(s.state, ', ' order by s.state) into v_legal from (
			select to_state as state from legal_transitions where entity = v_entity and from_state = p_from
			union select state from initial_states where entity = v_entity and p_from = 'nothing') s;
		raise exception '% cannot go from % to %; %', p_what, p_from, p_to,
			case when v_legal is null then 'it is an end state' else 'legal from here: ' || v_legal end using errcode = 'OR002';
	end if;
	raise exception '% cannot go from % to %', p_what, p_from, p_to using errcode = 'OR002';
end $$;
