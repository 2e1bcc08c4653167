-- Caller: functions that take a filter or options as jsonb, before they use them. p_fields: what each field may be: text, texts,
-- id, ids, uuid, instant, number, boolean.
-- Guard: OR005 for a field that is not among them (misspelt, it would match everything) and for a value of another kind, null
-- included: null is what is left of an instant or a number that is none. A field that is not there is left out.
create or replace function orchestrator.check_fields(p_given jsonb, p_what text, p_fields jsonb) returns void
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	v_field record;
	v_fits boolean;
begin
	if jsonb_typeof(p_given) is distinct from 'object' then
		raise exception '% must be a JSON object, got %', p_what, coalesce(left(redact(p_given)::text, 100), 'null') using errcode = 'OR005';
	end if;
	for v_field in
		select key as name, g.value, jsonb_typeof(g.value) as type, g.value #>> '{}' as text, f.value as kind
		from jsonb_each(p_given) g left join jsonb_each_text(p_fields) f using (key) order by key
	loop
		if v_field.kind is null then
			raise exception '%.% is unknown; known: %', p_what, left(redact_text(v_field.name), 100),
				(select string_agg(f, ', ' order by f) from jsonb_object_keys(p_fields) f) using errcode = 'OR005';
		end if;
		begin
			v_fits := case v_field.kind
				when 'text' then v_field.type = 'string'
				when 'texts' then v_field.type = 'array' and not jsonb_path_exists(v_field.value, '$[*] ? (@.type() != "string")')
				when 'id' then v_field.type in ('string', 'number') and v_field.text ~ '^\d{1,18}$'
				when 'ids' then v_field.type = 'array' and not exists (
					select 1 from jsonb_array_elements_text(case v_field.type when 'array' then v_field.value else '[]' end) e
					where e !~ '^\d{1,18}$' or e is null)
				when 'uuid' then v_field.type = 'string' and v_field.text::uuid is not null
				when 'instant' then v_field.type = 'string' and v_field.text::timestamptz is not null
				else v_field.type = v_field.kind end;
		exception when data_exception then
			v_fits := false;
		end;
		if not v_fits then
			raise exception '%.% must be %, got %', p_what, v_field.name, case v_field.kind
				when 'text' then 'a text' when 'texts' then 'a list of texts' when 'id' then 'a task id' when 'ids' then 'a list of task ids'
				when 'uuid' then 'a UUID' when 'instant' then 'an instant' when 'boolean' then 'true or false' else 'a number' end,
				left(redact(v_field.value)::text, 100) using errcode = 'OR005';
		end if;
	end loop;
end $$;
