-- Caller: migrate, which remembers it in schema_functions; doctor_facts, which compares.
-- Promise: changes when somebody replaces the function by hand, with all of its overloads, or sets with whose rights, search_path
-- and other settings it runs; not by ownership and grants, nor when a dump is restored. Null = there is no such function.
create or replace function orchestrator.function_fingerprint(p_name text) returns text
language sql stable set search_path = orchestrator, pg_temp as $$
	select md5(string_agg(concat_ws('|', pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid), p.provolatile, p.prosrc,
			p.prosecdef, (select string_agg(setting, ';' order by setting collate "C") from unnest(p.proconfig) setting)), '||'
		order by pg_get_function_identity_arguments(p.oid)))
	from pg_proc p where p.pronamespace = 'orchestrator'::regnamespace and p.proname = p_name;
$$;
