-- Caller: an operator in psql. Puts one task into the queue.
-- Guard: that of enqueue_tasks. Answer: the id, also when the key existed.
-- Keys (p_input): any; at most 256 KiB as text.
-- Keys (p_context): any; free labels that travel with the history, not with the work.
-- Example: select orchestrator.enqueue_workflow_task('content_pipeline', '{"topic": "Tea"}', p_priority => 8);
create or replace function orchestrator.enqueue_workflow_task(
	p_workflow_type text, p_input jsonb, p_priority integer default 5, p_idempotency_key text default null,
	p_not_before timestamptz default null, p_context jsonb default '{}'
) returns bigint
language sql volatile set search_path = orchestrator, pg_temp as $$
	select task_id from enqueue_tasks(jsonb_build_array(jsonb_strip_nulls(jsonb_build_object(
		'workflowType', p_workflow_type, 'priority', p_priority, 'idempotencyKey', p_idempotency_key,
		'notBefore', p_not_before)) || jsonb_build_object('input', p_input, 'context', p_context)));
$$;
