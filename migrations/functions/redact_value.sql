-- Caller: redact, itself. Promise: redactValue of core/redaction; p_secret = it stands under a secret's name.
create or replace function orchestrator.redact_value(p_value jsonb, p_secret boolean) returns jsonb
language plpgsql immutable parallel safe set search_path = orchestrator, pg_temp as $$
begin
	case jsonb_typeof(p_value)
		when 'string' then
			return to_jsonb(case when not p_secret then redact_text(p_value #>> '{}') when p_value = '""' then '' else '***' end);
		when 'number' then
			return case when p_secret then '"***"' else p_value end;
		when 'array' then
			return (select coalesce(jsonb_agg(redact_value(e.value, p_secret) order by e.n), '[]')
				from jsonb_array_elements(p_value) with ordinality e(value, n));
		when 'object' then
			return (select coalesce(jsonb_object_agg(redact_text(key), redact_value(value, p_secret or is_secret_name(key))), '{}')
				from jsonb_each(p_value));
		else
			return p_value;
	end case;
end $$;
