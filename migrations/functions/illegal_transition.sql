-- Caller: the log's triggers, for a change that legal_transitions lacks. Guard: raises OR002, always.
create or replace function orchestrator.illegal_transition(p_what text, p_from text, p_to text) returns text
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	raise exception '% cannot go from % to %', p_what, p_from, p_to using errcode = 'OR002';
end $$;
