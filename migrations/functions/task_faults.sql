-- Caller: queue.faults with an array of tasks, before many calls of enqueue that are one to their
-- sender; an operator in psql. Reads only.
-- Answer: {position, fault} for each task that enqueue_tasks would refuse, by its place in the array from 1, at most 1,000;
-- no row = it would take them all.
-- Keys (p_tasks): an array of {workflowType and input (required), priority (1 to 10; 5), idempotencyKey, notBefore, context,
-- parentExecutionId,
-- parentTaskId, expiresAt, overrides: {maxAttempts, limitSeconds, backoffBaseSeconds, backoffCeilingSeconds, backoffJitterSeconds,
-- deliveryRetries}, successors: [{workflowType, when, condition, input, map, priority, delaySeconds, successors}], debounce: {key, seconds,
-- maxSeconds, keep}}.
-- Example: select orchestrator.task_faults('[{"workflowType": "content_pipeline", "input": {}, "priority": 11}]');
create or replace function orchestrator.task_faults(p_tasks jsonb) returns setof jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object('position', t.n, 'fault', redact_text(f.fault))
	from jsonb_array_elements(p_tasks) with ordinality t(item, n)
	left join workflow_types y on y.workflow_type = t.item ->> 'workflowType'
	cross join lateral (select case
		when y.workflow_type is null then format('unknown workflow type "%s"; known: %s', coalesce(t.item ->> 'workflowType', '(none)'),
			(select string_agg(k.workflow_type, ', ' order by k.workflow_type) from workflow_types k))
		else new_task_fault(t.item) end) f(fault)
	where f.fault is not null
	order by t.n limit 1000;
$$;
