-- Caller: queue.peek; an operator in psql. Reads only: queued tasks in the order of the claim (S5), gates and shares aside.
-- Guard: OR005 for a field that is unknown or of another kind.
-- Answer: {taskId, workflowType, state, priority, attempts (failures and the present attempt), input, waitMs (to the first claim),
-- durationMs (of the last attempt), costUsd, result, error, createdAt, finishedAt, fairKey, idempotencyKey, eligibleAt, notBefore,
-- expiresAt,
-- executionId, parentTaskId, parentExecutionId, coalesced, score} a task, at most 100 (10 by default).
-- Keys (p_filter): workflowType, fairKey, limit. Left out = everything.
-- Example: select orchestrator.peek_tasks('{"workflowType": "content_pipeline", "limit": 20}');
create or replace function orchestrator.peek_tasks(p_filter jsonb default '{}') returns setof jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
	v_limit integer;
	v_type constant text := p_filter ->> 'workflowType';
	v_key constant text := p_filter ->> 'fairKey';
begin
	perform check_fields(p_filter, 'filter', '{"workflowType": "text", "fairKey": "text", "limit": "number"}');
	v_limit := limit_of(p_filter -> 'limit', 10, 100);
	return query
	select task_overview(t) || jsonb_build_object('score', score(h.priority, h.eligible_at, now()))
	from (
		select h.* from fair_keys k cross join generate_series(1, 10) p
		cross join lateral (
			select t.id, t.priority, t.eligible_at from tasks t
			where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
			order by t.eligible_at, t.id limit v_limit) h
		where (v_type is null or k.workflow_type = v_type) and (v_key is null or k.fair_key = v_key)
		order by score(h.priority, h.eligible_at, now()) desc, h.eligible_at, h.id limit v_limit
	) h join tasks t on t.id = h.id
	order by score(h.priority, h.eligible_at, now()) desc, h.eligible_at, h.id;
end $$;
