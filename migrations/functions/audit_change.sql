-- Caller: row and truncate triggers on the configuration (privileges/6_audit.sql).
-- Guard: none. `via` is the outermost of our functions on the call stack; what stands in audit_log nobody below the owner can change.
create or replace function orchestrator.audit_change() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_stack text;
	v_via text;
begin
	get diagnostics v_stack = pg_context;
	select m[1] into v_via
	from regexp_matches(v_stack, '(?:PL/pgSQL function|SQL function) "?(?:orchestrator\.)?([a-z_]+)', 'g') with ordinality as x(m, n)
	where m[1] <> 'audit_change' order by n desc limit 1;
	insert into audit_log (login, actor, application, via, relation, operation, old_row, new_row)
	values (session_user, nullif(current_setting('orchestrator.actor', true), ''), current_setting('application_name'), v_via,
		tg_table_name, tg_op,
		case when tg_op in ('UPDATE', 'DELETE') then to_jsonb(old) end,
		case when tg_op in ('INSERT', 'UPDATE') then to_jsonb(new) end);
	return null;
end $$;
