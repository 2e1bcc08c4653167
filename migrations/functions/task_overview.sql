-- Caller: find_tasks, peek_tasks, inspect_task. Promise: TaskOverview of core/task/task.ts.
create or replace function orchestrator.task_overview(t orchestrator.tasks) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'taskId', t.id::text, 'workflowType', t.workflow_type, 'state', t.state, 'priority', t.priority,
		'attempts', t.attempts + (t.state in ('claimed', 'running', 'succeeded'))::integer, 'input', t.input,
		'waitMs', extract(epoch from t.first_claimed_at - t.created_at) * 1000,
		'durationMs', extract(epoch from t.finished_at - t.last_claimed_at) * 1000,
		'costUsd', t.cost_usd, 'result', t.result, 'error', t.error, 'createdAt', t.created_at, 'finishedAt', t.finished_at,
		'fairKey', t.fair_key, 'idempotencyKey', t.idempotency_key, 'eligibleAt', t.eligible_at, 'notBefore', t.not_before,
		'expiresAt', t.expires_at, 'executionId', t.execution_id, 'parentTaskId', t.parent_task_id::text,
		'parentExecutionId', t.parent_execution_id, 'coalesced', t.coalesced);
$$;
