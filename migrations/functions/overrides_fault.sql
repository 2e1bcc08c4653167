-- Caller: new_task_fault. Answer: what is wrong with a task's overrides; null = nothing.
create or replace function orchestrator.overrides_fault(p_overrides jsonb) returns text
language sql immutable set search_path = orchestrator, pg_temp as $$
	select case
		when b.least is null then format('overrides.%s is unknown; known: maxAttempts, limitSeconds, backoffBaseSeconds, '
			'backoffCeilingSeconds, backoffJitterSeconds, deliveryRetries', o.key)
		when b.whole then format('overrides.%s must be an integer from %s to %s, got %s', o.key, b.least, b.most, o.value)
		else format('overrides.%s must be a number from %s to %s, got %s', o.key, b.least, b.most, o.value) end
	from jsonb_each(case jsonb_typeof(p_overrides) when 'object' then p_overrides else '{}' end) o
	left join (values ('maxAttempts', 1, 100, true), ('limitSeconds', 1, 86400, true), ('backoffBaseSeconds', 0, 86400, false),
		('backoffCeilingSeconds', 0, 86400, false), ('backoffJitterSeconds', 0, 3600, false), ('deliveryRetries', 0, 100, true)
		) b(key, least, most, whole) using (key)
	where b.least is null or jsonb_typeof(o.value) <> 'number' or o.value::numeric not between b.least and b.most
		or (b.whole and o.value::numeric % 1 <> 0)
	order by o.key limit 1;
$$;
