-- Caller: functions that say which value they refuse. Answer: the value as text, without secrets, cut to 80 characters; a text
-- in quotes, 'nothing' where there is none.
create or replace function orchestrator.shown_value(p_value jsonb) returns text
language sql immutable set search_path = orchestrator, pg_temp as $$
	select coalesce((select left(v.text, 80) || case when length(v.text) > 80 then '…' else '' end
		from (select redact(p_value)::text as text where jsonb_typeof(p_value) <> 'null') v), 'nothing');
$$;
