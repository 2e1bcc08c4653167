-- Caller: queue.list; an operator in psql.
-- Guard: OR005 for a field that is unknown or of another kind. Reads only. Answer: {taskId, workflowType, state, priority, attempts (failures and the present attempt), input, waitMs (to the
-- first claim),
-- durationMs (of the last attempt), costUsd, result, error, createdAt, finishedAt, fairKey, idempotencyKey, eligibleAt, notBefore,
-- expiresAt,
-- executionId, parentTaskId, parentExecutionId, coalesced} a task; the lowest id first, at most 10,000 (1,000 by default).
-- Keys (p_filter): states (array of text), workflowType, fairKey, parentTaskId, parentExecutionId, afterTaskId (only higher ids),
-- limit. Left
-- out = everything.
-- Example: select orchestrator.find_tasks('{"states": ["queued", "running"], "limit": 20}');
create or replace function orchestrator.find_tasks(p_filter jsonb default '{}') returns setof jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
	v_states text[];
	v_type constant text := p_filter ->> 'workflowType';
	v_key constant text := p_filter ->> 'fairKey';
	v_parent bigint;
	v_parent_execution uuid;
	v_after bigint;
begin
	perform check_fields(p_filter, 'filter', '{"states": "texts", "workflowType": "text", "fairKey": "text", "parentTaskId": "id",
		"parentExecutionId": "uuid", "afterTaskId": "id", "limit": "number"}');
	v_states := jsonb_texts(p_filter -> 'states');
	v_parent := p_filter ->> 'parentTaskId';
	v_parent_execution := p_filter ->> 'parentExecutionId';
	v_after := p_filter ->> 'afterTaskId';
	return query
	select task_overview(t) from tasks t
	where (v_states is null or t.state = any (v_states))
		and (v_type is null or t.workflow_type = v_type)
		and (v_key is null or t.fair_key = v_key)
		and (v_parent is null or t.parent_task_id = v_parent)
		and (v_parent_execution is null or t.parent_execution_id = v_parent_execution)
		and (v_after is null or t.id > v_after)
	order by t.id limit limit_of(p_filter -> 'limit', 1000, 10000);
end $$;
