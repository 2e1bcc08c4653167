-- Caller: queue.list, for the operator's table. Reads only; null filters match everything. Answer: oldest first.
-- Example: select orchestrator.list_tasks('{queued,running}', 'content_pipeline', 20);
create or replace function orchestrator.list_tasks(p_states text[], p_workflow_type text, p_limit integer) returns setof jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'taskId', t.id::text, 'workflowType', t.workflow_type, 'state', t.state, 'priority', t.priority,
		'attempts', t.attempts + (t.state in ('claimed', 'running', 'succeeded'))::integer, 'input', t.input,
		'waitMs', extract(epoch from t.first_claimed_at - t.created_at) * 1000,
		'durationMs', extract(epoch from t.finished_at - t.last_claimed_at) * 1000,
		'costUsd', t.cost_usd, 'result', t.result, 'error', t.error, 'createdAt', t.created_at, 'finishedAt', t.finished_at)
	from tasks t
	where (p_states is null or t.state = any (p_states)) and (p_workflow_type is null or t.workflow_type = p_workflow_type)
	order by t.id limit p_limit;
$$;
