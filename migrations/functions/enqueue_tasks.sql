-- Caller: queue.enqueue with an array of {workflowType, input, priority, idempotencyKey, notBefore, context,
-- parentExecutionId}; at most 1,000. All or nothing.
-- Guard: OR003 unknown type, OR004 input over the bound, OR005 anything else; before the first write.
-- Answer: one row per input, in its order. created = false: the key existed (also earlier in this batch). No input, no row.
create or replace function orchestrator.enqueue_tasks(p_tasks jsonb)
returns table (ord integer, task_id bigint, idempotency_key text, created boolean)
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
#variable_conflict use_column
declare
	v_count integer;
	v_ids bigint[];
	v_keys text[];
	v_bad record;
begin
	perform assert_read_committed();
	if jsonb_typeof(p_tasks) is distinct from 'array' or jsonb_array_length(p_tasks) > 1000 then
		raise exception 'enqueue_tasks takes an array of at most 1000 tasks' using errcode = 'OR005';
	end if;
	v_count := jsonb_array_length(p_tasks);
	perform check_new_tasks(p_tasks);
	perform set_actor('enqueue');

	-- Ids in the order of the input: id breaks ties of the score.
	v_ids := array(select nextval('tasks_id_seq') from generate_series(1, v_count));
	v_keys := array(
		select coalesce(nullif(t.item ->> 'idempotencyKey', ''), gen_random_uuid()::text)
		from jsonb_array_elements(p_tasks) with ordinality as t(item, ord) order by t.ord);

	insert into fair_keys (fair_key, workflow_type, weight)
	select distinct on (1) fair_key_of(t.item), y.workflow_type, y.weight
	from jsonb_array_elements(p_tasks) as t(item) join workflow_types y on y.workflow_type = t.item ->> 'workflowType'
	order by 1
	on conflict do nothing;

	-- Keys in one order, so that two batches with the same keys wait for each other instead of deadlocking.
	with items as materialized (
		select t.item, t.ord::integer as ord, v_ids[t.ord] as new_id, v_keys[t.ord] as key, t.item ->> 'workflowType' as type,
			greatest((t.item ->> 'notBefore')::timestamptz, now()) as due_at
		from jsonb_array_elements(p_tasks) with ordinality as t(item, ord)
	), firsts as (
		select distinct on (i.type, i.key) i.type, i.key, i.new_id from items i order by i.type, i.key, i.ord
	), won as (
		insert into idempotency_keys (workflow_type, idempotency_key, task_id)
		select f.type, f.key, f.new_id from firsts f order by f.type, f.key
		on conflict do nothing returning task_id
	)
	insert into tasks (id, workflow_type, fair_key, idempotency_key, state, priority, input, context,
		parent_execution_id, not_before, eligible_at)
	select i.new_id, i.type, fair_key_of(i.item), i.key, case when i.due_at > now() then 'scheduled' else 'queued' end,
		coalesce((i.item ->> 'priority')::smallint, 5), i.item -> 'input', coalesce(i.item -> 'context', '{}'),
		(i.item ->> 'parentExecutionId')::uuid, case when i.due_at > now() then i.due_at end, i.due_at
	from items i join won w on w.task_id = i.new_id
	order by i.ord;

	perform wake_up() where exists (select 1 from tasks t where t.id = any (v_ids) and t.state = 'queued');
	-- A later statement: it also sees keys that another transaction committed while we waited for it.
	return query
	select t.ord::integer, k.task_id, k.idempotency_key, k.task_id = v_ids[t.ord]
	from jsonb_array_elements(p_tasks) with ordinality as t(item, ord)
	join idempotency_keys k on k.workflow_type = t.item ->> 'workflowType' and k.idempotency_key = v_keys[t.ord]
	order by t.ord;
end $$;
