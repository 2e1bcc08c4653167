-- Caller: functions that take a filter. Answer: the texts of a JSON array; null = there is none: matches everything.
create or replace function orchestrator.jsonb_texts(p_array jsonb) returns text[]
language sql immutable parallel safe as $$
	select case when jsonb_typeof(p_array) = 'array' then array(select jsonb_array_elements_text(p_array)) end;
$$;
