-- Caller: functions with a limit in a JSON argument. Guard: OR005 for anything but a whole number from 1 to p_most. Answer: the limit.
create or replace function orchestrator.limit_of(p_limit jsonb, p_default integer, p_most integer) returns integer
language plpgsql immutable set search_path = orchestrator, pg_temp as $$
begin
	if coalesce(jsonb_typeof(p_limit), 'null') = 'null' then return p_default; end if;
	if jsonb_typeof(p_limit) <> 'number' or p_limit::numeric % 1 <> 0 or p_limit::numeric not between 1 and p_most then
		raise exception 'limit must be a whole number from 1 to %, got %', p_most, redact(p_limit) using errcode = 'OR005';
	end if;
	return p_limit::numeric::integer;
end $$;
