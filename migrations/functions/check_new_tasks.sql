-- Caller: enqueue_tasks, enqueue_successors, before they write.
-- Guard: raises for the first bad task, names its position (from 1), the value and what was expected.
create or replace function orchestrator.check_new_tasks(p_tasks jsonb) returns void
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	-- 256 KiB as the sender writes it; jsonb adds a blank after each comma and colon, at most half as much again.
	c_bound constant integer := 262144;
	v_types constant jsonb := (select jsonb_object_agg(workflow_type, null) from workflow_types);
	v_known text[];
	v_bad record;
begin
	select t.n, t.item ->> 'workflowType' as type, octet_length((t.item -> 'input')::text) as bytes, t.item into v_bad
	from jsonb_array_elements(p_tasks) with ordinality as t(item, n)
	where is_bad_task(t.item, v_types)
	order by t.n limit 1;
	if not found then return; end if;
	if not coalesce(v_types ? v_bad.type, false) then
		v_known := array(select workflow_type from workflow_types order by 1);
		raise exception 'task %: unknown workflow type "%"; known: %', v_bad.n, coalesce(redact_text(v_bad.type), '(none)'), array_to_string(v_known, ', ')
			using errcode = 'OR003';
	end if;
	if v_bad.bytes > c_bound * 3 / 2 then
		raise exception 'task %: the input has % bytes, at most % are allowed', v_bad.n, v_bad.bytes, c_bound using errcode = 'OR004';
	end if;
	raise exception 'task %: %', v_bad.n, redact_text(new_task_fault(v_bad.item)) using errcode = 'OR005';
end $$;
