-- Caller: set_type. Answer: what is wrong with new settings of a type, each by itself; null = nothing. The bounds are those of
-- TYPE_BOUNDS in core/queue/type.ts; a test compares them.
create or replace function orchestrator.type_change_fault(p_change jsonb) returns text
language sql immutable set search_path = orchestrator, pg_temp as $$
	with bounds(key, least, most, whole, nullable) as (values
		('weight', 1, 1000, true, false), ('maxConcurrent', 1, 1000, true, false), ('batchSize', 1, 10, true, false),
		('batchMax', 1, 10, true, false), ('cadenceSeconds', 1, 2678400, true, true), ('queueLimitSeconds', 1, 31536000, true, true),
		('limitSeconds', 1, 86400, true, false), ('maxAttempts', 1, 100, true, false), ('backoffBaseSeconds', 0, 86400, false, false),
		('backoffCeilingSeconds', 0, 86400, false, false), ('backoffJitterSeconds', 0, 3600, false, false),
		('deliveryRetries', 0, 100, true, false), ('deliveryBackoffSeconds', 0, 86400, false, false), ('deadLetterDays', 1, 365, true, false)
	)
	select case
		when o.key = 'title' then format('title must have 1 to 200 characters, got %s', shown_value(o.value))
		when b.least is null then format('"%s" is no setting of a type; known: title, %s', o.key, (select string_agg(key, ', ') from bounds))
		else format('%s must be %s from %s to %s%s, got %s', o.key, case when b.whole then 'a whole number' else 'a number' end, b.least, b.most,
			case when b.nullable then ', or null for none' else '' end, o.value) end
	from jsonb_each(p_change) o left join bounds b using (key)
	where case when o.key = 'title' then jsonb_typeof(o.value) <> 'string' or length(btrim(o.value #>> '{}')) not between 1 and 200
		when b.least is null then true
		when jsonb_typeof(o.value) = 'null' then not b.nullable
		when jsonb_typeof(o.value) <> 'number' then true
		else o.value::numeric not between b.least and b.most or (b.whole and o.value::numeric % 1 <> 0) end
	order by o.key limit 1;
$$;
