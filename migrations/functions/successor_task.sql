-- Caller: enqueue_successors, tests. One successor of a task that ended as a NewTask.
-- Guard: raises what a path raises, e.g. 22038 when a condition is not true or false.
-- Answer: null = its condition is not true.
create or replace function orchestrator.successor_task(p_task orchestrator.tasks, p_execution_id uuid, p_successor jsonb, p_place bigint)
returns jsonb
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	v_facts constant jsonb := jsonb_build_object('input', p_task.input, 'result', p_task.result, 'error', p_task.error,
		'task', jsonb_build_object('id', p_task.id::text, 'workflowType', p_task.workflow_type, 'fairKey', p_task.fair_key,
			'idempotencyKey', p_task.idempotency_key, 'state', p_task.state, 'priority', p_task.priority,
			'attempts', p_task.attempts, 'context', p_task.context));
	v_mapped jsonb;
begin
	if p_successor ->> 'condition' is not null
		and not coalesce(jsonb_path_match(v_facts, (p_successor ->> 'condition')::jsonpath), false) then return null; end if;
	-- A field that the task did not give is left out: the fixed one stands.
	select jsonb_object_agg(m.field, m.value) into v_mapped from (
		select e.key as field, jsonb_path_query_first(v_facts, e.value::jsonpath) as value
		from jsonb_each_text(case jsonb_typeof(p_successor -> 'map') when 'object' then p_successor -> 'map' else '{}' end) e) m
	where m.value is not null;
	return jsonb_strip_nulls(jsonb_build_object(
		'workflowType', p_successor ->> 'workflowType',
		'priority', coalesce((p_successor ->> 'priority')::integer, p_task.priority),
		'idempotencyKey', format('successor:%s/%s', p_task.id, p_place),
		'notBefore', clock_timestamp() + make_interval(secs => (p_successor ->> 'delaySeconds')::double precision),
		'parentTaskId', p_task.id, 'parentExecutionId', p_execution_id))
		|| jsonb_build_object('input', coalesce(nullif(p_successor -> 'input', 'null'), '{}') || coalesce(v_mapped, '{}'),
			'overrides', p_successor -> 'overrides', 'successors', p_successor -> 'successors');
end $$;
