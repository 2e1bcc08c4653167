-- Caller: end_run, refuse_execution, abandon_execution, expire_execution: S22: what was known of the failure of a run or of
-- an execution, and what was decided; the tasks of an execution have rows of their own.
-- Guard: none: a failure is always recorded.
create or replace function orchestrator.record_execution_failure(
	p_execution orchestrator.workflow_orchestration, p_error jsonb, p_action text, p_result jsonb default '{}'
) returns void
language sql volatile set search_path = orchestrator, pg_temp as $$
	insert into failures (entity, execution_id, epoch, code, message, error, input, system_state, recovery_action, decided_by, result)
	values (case p_execution.kind when 'run' then 'run' else 'execution' end, p_execution.id, p_execution.epoch,
		coalesce(p_error ->> 'code', 'UNKNOWN'), coalesce(p_error ->> 'message', 'no message'), coalesce(p_error, '{}'),
		jsonb_strip_nulls(jsonb_build_object('context', nullif(p_execution.context, '{}'), 'status', p_execution.status,
			'parameters', p_error -> 'parameters', 'endpoint', p_execution.endpoint_url,
			'taskIds', to_jsonb(nullif(p_execution.task_ids, '{}')), 'n8nInstance', p_execution.n8n_instance,
			'n8nExecutionId', p_execution.n8n_execution_id)),
		system_state(p_execution.workflow_type), p_action, log_actor(), p_result);
$$;
