-- Caller: functions that a person's order reaches. Guard: OR005 without an actor. Answer: who wants it.
create or replace function orchestrator.actor_of(p_actor text) returns text
language plpgsql immutable set search_path = orchestrator, pg_temp as $$
begin
	if coalesce(btrim(p_actor), '') = '' or length(p_actor) > 200 then
		raise exception 'actor must say in 1 to 200 characters who wants this, got "%"', left(redact_text(p_actor), 50) using errcode = 'OR005';
	end if;
	return btrim(p_actor);
end $$;
