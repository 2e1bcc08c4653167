-- Caller: queue.list; an operator in psql.
-- Reads only. Answer: {taskId, workflowType, state, priority, attempts (failures and the present attempt), input, waitMs (to the
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
	v_states constant text[] := jsonb_texts(p_filter -> 'states');
	v_type constant text := p_filter ->> 'workflowType';
	v_key constant text := p_filter ->> 'fairKey';
	v_parent constant bigint := p_filter ->> 'parentTaskId';
	v_parent_execution constant uuid := p_filter ->> 'parentExecutionId';
	v_after constant bigint := p_filter ->> 'afterTaskId';
begin
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
