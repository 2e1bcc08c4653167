-- Caller: claim. Promise: ClaimedExecution of core/queue/claim.ts as jsonb, items in the order of p_ids.
create or replace function orchestrator.claimed_execution(p_id uuid, p_ids bigint[]) returns jsonb
language sql volatile set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'executionId', e.id, 'epoch', e.epoch, 'workflowType', e.workflow_type, 'priority', e.priority,
		'parentExecutionId', e.parent_execution_id, 'leaseUntil', e.lease_until, 'limitSeconds', e.limit_seconds,
		'endpointUrl', e.endpoint_url, 'callbackUrl', e.callback_url, 'model', e.model,
		'items', (
			select jsonb_agg(jsonb_build_object('task_id', t.id::text, 'idempotency_key', t.idempotency_key,
				'attempt', i.attempt, 'input', t.input) order by array_position(p_ids, t.id))
			from execution_items i join tasks t on t.id = i.task_id where i.execution_id = e.id))
	from workflow_orchestration e where e.id = p_id;
$$;
