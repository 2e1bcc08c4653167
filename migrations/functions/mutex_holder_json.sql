-- Caller: answers and incidents. Guard: none, reads its argument only. Answer: a MutexHolder as jsonb.
create or replace function orchestrator.mutex_holder_json(p_hold orchestrator.mutex_hold) returns jsonb
language sql immutable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object('instance', p_hold.instance, 'executionId', p_hold.execution_id,
		'workflowId', p_hold.workflow_id, 'workflowName', p_hold.workflow_name, 'nodeName', p_hold.node_name,
		'parentExecutionId', p_hold.parent_execution_id, 'fencingToken', p_hold.fencing_token, 'count', p_hold.count,
		'status', p_hold.status, 'acquiredAt', p_hold.acquired_at, 'renewedAt', p_hold.renewed_at, 'leaseUntil', p_hold.lease_until);
$$;
