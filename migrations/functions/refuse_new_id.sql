-- Caller: triggers before an update of id on tasks and on workflow_orchestration.
-- Guard: OR002 when an id would change: the log compares a row with its former self by id.
create or replace function orchestrator.refuse_new_id() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	perform illegal_transition(format('the id of %s', tg_table_name), old.id::text, new.id::text);
	return new;
end $$;
