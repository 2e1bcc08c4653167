-- Caller: statement triggers on the configuration (privileges/6_audit.sql), before anything is written; runs as who writes.
-- Guard: OR005 when a member of orchestrator_admin changes a table by hand without saying who he is. Our functions and the
-- owner pass: the functions name their caller, the owner may do anything.
create or replace function orchestrator.require_actor() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	if coalesce(current_setting('orchestrator.actor', true), '') = '' and not pg_has_role(current_user, 'orchestrator_owner', 'usage') then
		raise exception 'nobody is named for this change of %', tg_table_name
			using errcode = 'OR005', hint = 'In the same transaction, before it: select orchestrator.set_actor(''your name'');';
	end if;
	return null;
end $$;
