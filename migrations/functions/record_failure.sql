-- Caller: fail_task, bury_task, refuse_execution: S22: what was known of a task's failure, and what was decided.
-- Guard: none: a failure is always recorded.
create or replace function orchestrator.record_failure(
	p_task orchestrator.tasks, p_execution_id uuid, p_error jsonb, p_action text, p_result jsonb
) returns void
language sql volatile set search_path = orchestrator, pg_temp as $$
	insert into failures (entity, task_id, execution_id, attempt, epoch, code, message, error, input, system_state,
		recovery_action, decided_by, result)
	values ('task', p_task.id, p_execution_id, greatest(1, p_task.attempts), p_task.epoch, coalesce(p_error ->> 'code', 'UNKNOWN'),
		coalesce(p_error ->> 'message', 'no message'), p_error, p_task.input, system_state(p_task.workflow_type),
		p_action, log_actor(), p_result);
$$;
