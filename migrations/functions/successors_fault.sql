-- Caller: new_task_fault. Answer: what is wrong with a task's successors (S22); null = nothing. Shape of one:
-- {workflowType, when?: succeeded | dead | ended, condition?: jsonpath, input?: {…}, map?: {field: jsonpath}, priority?,
-- delaySeconds?, overrides?, successors?}; any other field is a fault. Paths look at {task, input, result, error} of the task that ended.
create or replace function orchestrator.successors_fault(p_successors jsonb) returns text
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	c_fields constant text[] := '{workflowType,when,condition,input,map,priority,delaySeconds,overrides,successors}';
	v_field text;
	v_next record;
	v_path record;
	v_fault text;
begin
	if coalesce(jsonb_typeof(p_successors), 'null') = 'null' then return null; end if;
	if jsonb_typeof(p_successors) <> 'array' or jsonb_array_length(p_successors) > 20 then
		return format('successors must be an array of at most 20, got %s', case jsonb_typeof(p_successors)
			when 'array' then jsonb_array_length(p_successors)::text else shown_value(p_successors) end);
	end if;
	for v_next in select s.item, s.n from jsonb_array_elements(p_successors) with ordinality s(item, n) order by s.n loop
		if jsonb_typeof(v_next.item) <> 'object' then
			return format('successor %s must be a JSON object, got %s', v_next.n, shown_value(v_next.item));
		end if;
		-- A misspelt condition would let it follow always.
		for v_field in select f from jsonb_object_keys(v_next.item - c_fields) f order by f limit 1 loop
			return format('successor %s: %s is unknown; known: %s', v_next.n, left(v_field, 100), array_to_string(c_fields, ', '));
		end loop;
		if not exists (select 1 from workflow_types where workflow_type = v_next.item ->> 'workflowType') then
			return format('successor %s: unknown workflow type "%s"', v_next.n, v_next.item ->> 'workflowType');
		end if;
		if coalesce(v_next.item ->> 'when', 'succeeded') not in ('succeeded', 'dead', 'ended') then
			return format('successor %s: when must be succeeded, dead or ended, got %s', v_next.n, v_next.item ->> 'when');
		end if;
		if jsonb_typeof(v_next.item -> 'map') not in ('object', 'null') then
			return format('successor %s: map must be a JSON object, got %s', v_next.n, shown_value(v_next.item -> 'map'));
		end if;
		begin
			for v_path in
				select 'condition' as field, v_next.item ->> 'condition' as path
				union all select 'map.' || m.key, m.value from jsonb_each_text(case jsonb_typeof(v_next.item -> 'map') when 'object' then v_next.item -> 'map' else '{}' end) m
			loop
				perform v_path.path::jsonpath;
			end loop;
			perform (v_next.item ->> 'delaySeconds')::double precision;
		exception when others then
			return format('successor %s: %s', v_next.n, sqlerrm);
		end;
		v_fault := new_task_fault(jsonb_build_object('input', coalesce(v_next.item -> 'input', '{}'))
			|| (v_next.item - '{input,when,condition,map,delaySeconds,workflowType}'::text[]));
		if v_fault is not null then return format('successor %s: %s', v_next.n, v_fault); end if;
	end loop;
	return null;
end $$;
