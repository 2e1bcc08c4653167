-- Caller: claim. Promise: ClaimedExecution of core/queue/claim.ts as jsonb, in the order of p_ids, items in that of task_ids.
create or replace function orchestrator.claimed_executions(p_ids uuid[]) returns setof jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	return query
	select jsonb_build_object(
		'executionId', e.id, 'epoch', e.epoch, 'workflowType', e.workflow_type, 'priority', e.priority,
		'parentExecutionId', e.parent_execution_id, 'leaseUntil', e.lease_until, 'limitSeconds', e.limit_seconds,
		'endpointUrl', e.endpoint_url, 'callbackUrl', e.callback_url, 'model', e.model,
		'items', (
			select jsonb_agg(jsonb_build_object('task_id', t.id::text, 'idempotency_key', t.idempotency_key,
				'attempt', t.attempts + 1, 'input', t.input) order by array_position(e.task_ids, t.id))
			from tasks t where t.id = any (e.task_ids)))
	from unnest(p_ids) with ordinality p(id, n) join workflow_orchestration e on e.id = p.id order by p.n;
end $$;
