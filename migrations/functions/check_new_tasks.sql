-- Caller: enqueue_tasks, before it writes.
-- Guard: raises for the first bad task, names its position (from 1), the value and what was expected.
create or replace function orchestrator.check_new_tasks(p_tasks jsonb) returns void
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	-- 256 KiB as the sender writes it; jsonb adds a blank after each comma and colon, at most half as much again.
	c_bound constant integer := 262144;
	v_bad record;
begin
	select t.ord, t.item ->> 'workflowType' as workflow_type into v_bad
	from jsonb_array_elements(p_tasks) with ordinality as t(item, ord)
	where not exists (select 1 from workflow_types y where y.workflow_type = t.item ->> 'workflowType')
	order by t.ord limit 1;
	if found then
		raise exception 'task %: unknown workflow type "%"; known: %', v_bad.ord, coalesce(v_bad.workflow_type, '(none)'),
			(select string_agg(workflow_type, ', ' order by workflow_type) from workflow_types)
			using errcode = 'OR003';
	end if;
	select t.ord, octet_length((t.item -> 'input')::text) as bytes into v_bad
	from jsonb_array_elements(p_tasks) with ordinality as t(item, ord)
	where octet_length((t.item -> 'input')::text) > c_bound * 3 / 2
	order by t.ord limit 1;
	if found then
		raise exception 'task %: the input has % bytes, at most % are allowed', v_bad.ord, v_bad.bytes, c_bound
			using errcode = 'OR004';
	end if;
	select t.ord, t.item ->> 'priority' as priority into v_bad
	from jsonb_array_elements(p_tasks) with ordinality as t(item, ord)
	where coalesce(t.item ->> 'priority', '5') !~ '^([1-9]|10)$' order by t.ord limit 1;
	if found then
		raise exception 'task %: priority must be an integer from 1 to 10, got %', v_bad.ord, v_bad.priority using errcode = 'OR005';
	end if;
	select t.ord into v_bad
	from jsonb_array_elements(p_tasks) with ordinality as t(item, ord)
	where jsonb_typeof(t.item -> 'input') is distinct from 'object'
		or jsonb_typeof(coalesce(t.item -> 'context', '{}')) <> 'object'
		or length(t.item ->> 'idempotencyKey') > 512
	order by t.ord limit 1;
	if found then
		raise exception 'task %: input and context must be JSON objects, the idempotency key at most 512 characters', v_bad.ord
			using errcode = 'OR005';
	end if;
end $$;
