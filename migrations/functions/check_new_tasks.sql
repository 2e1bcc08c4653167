-- Caller: enqueue_tasks, before it writes.
-- Guard: raises for the first bad task, names its position (from 1), the value and what was expected. One pass finds it
-- by the few checks that every task needs; new_task_fault looks at those that ask for more.
create or replace function orchestrator.check_new_tasks(p_tasks jsonb) returns void
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	-- 256 KiB as the sender writes it; jsonb adds a blank after each comma and colon, at most half as much again.
	c_bound constant integer := 262144;
	v_known constant text[] := array(select workflow_type from workflow_types order by 1);
	v_bad record;
begin
	select t.n, t.item ->> 'workflowType' as type, octet_length((t.item -> 'input')::text) as bytes, t.item into v_bad
	from jsonb_array_elements(p_tasks) with ordinality as t(item, n)
	where not coalesce(t.item ->> 'workflowType' = any (v_known), false)
		-- As text it has at most six times its size as jsonb: a control character is \u0001.
		or (pg_column_size(t.item) > c_bound / 4 and octet_length((t.item -> 'input')::text) > c_bound * 3 / 2)
		or coalesce(jsonb_typeof(t.item -> 'input') <> 'object', true)
		-- Too deep for the functions that walk it; a small one cannot be.
		or (pg_column_size(t.item) > 500 and jsonb_path_exists(t.item, '$.**{66}'))
		or coalesce(t.item ->> 'priority', '5') !~ '^([1-9]|10)$'
		or length(t.item ->> 'idempotencyKey') not between 1 and 512
		or (t.item - '{workflowType,input,priority,idempotencyKey}'::text[] <> '{}' and new_task_fault(t.item) is not null)
	order by t.n limit 1;
	if not found then return; end if;
	if not coalesce(v_bad.type = any (v_known), false) then
		raise exception 'task %: unknown workflow type "%"; known: %', v_bad.n, coalesce(v_bad.type, '(none)'), array_to_string(v_known, ', ')
			using errcode = 'OR003';
	end if;
	if v_bad.bytes > c_bound * 3 / 2 then
		raise exception 'task %: the input has % bytes, at most % are allowed', v_bad.n, v_bad.bytes, c_bound using errcode = 'OR004';
	end if;
	raise exception 'task %: %', v_bad.n, new_task_fault(v_bad.item) using errcode = 'OR005';
end $$;
