-- Caller: list_dead_letters, inspect_task. Promise: DeadLetter of core/task/dead-letter.ts.
create or replace function orchestrator.dead_letter_json(d orchestrator.dead_letters) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object('taskId', d.task_id::text, 'workflowType', d.workflow_type, 'fairKey', d.fair_key, 'status', d.status,
		'cause', d.cause, 'code', d.code, 'message', d.message, 'reason', d.reason, 'failures', d.failures, 'diedAt', d.died_at,
		'expiresAt', d.expires_at, 'redrives', d.redrives, 'redrivenAt', d.redriven_at, 'redrivenBy', d.redriven_by,
		'discardedAt', d.discarded_at, 'discardedBy', d.discarded_by);
$$;
