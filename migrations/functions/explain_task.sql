-- Caller: queue.explain, which decides (core/queue/explain.ts); an operator in psql sees every gate's state by himself. Reads only.
-- Answer: {task: {taskId, state, workflowType, fairKey, priority, eligibleAt, notBefore, expiresAt, finishedAt, executionId, archived},
-- ahead: {count, bound}, queue: {at, slots: {total, free}, types: [{workflowType, pause, hasEndpoint, cadenceSeconds, cadenceOpensAt,
-- running, maxConcurrent, batchSize, batchMax, nextDueAt}], keys: [{fairKey, workflowType, weight, pause, running, line: [{taskId,
-- priority,
-- eligibleAt, expired}]}]}}: the task, how many are ahead of it by the real order (S5) in keys that are not
-- held, counted up to `bound` a (key, priority), and what a claim would see now. Also of an archived task, which has ended. Null = no such task.
-- Example: select jsonb_pretty(orchestrator.explain_task(42));
create or replace function orchestrator.explain_task(p_task_id bigint) returns jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set enable_seqscan = off as $$
declare
	c_bound constant integer := 10000;
	v_task tasks;
	v_points numeric;
	v_ahead bigint := 0;
	v_archived boolean;
begin
	select * into v_task from tasks where id = p_task_id;
	v_archived := not found;
	if v_archived then
		-- The same columns in the same order: a test compares them.
		select * into v_task from archived_tasks where id = p_task_id;
		if not found then return null; end if;
	end if;
	if v_task.state in ('scheduled', 'queued') then
		v_points := score(v_task.priority, v_task.eligible_at, now());
		with keys as materialized (
			select k.fair_key from fair_keys k join workflow_types y using (workflow_type)
			where k.paused_at is null and y.paused_at is null
				and exists (select 1 from dispatch_addresses d where d.workflow_type = y.workflow_type)
		), rivals as (
			select h.* from keys k cross join generate_series(1, 10) p cross join lateral (
				select t.id, t.priority, t.eligible_at from tasks t
				where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
				order by t.eligible_at, t.id limit c_bound) h
			union all
			select d.id, d.priority, d.eligible_at from (
				select id, priority, eligible_at, fair_key from tasks
				where state = 'scheduled' and not_before <= clock_timestamp() order by not_before, id limit 500) d
			join keys using (fair_key)
		)
		select count(*) into v_ahead from rivals r cross join lateral (select score(r.priority, r.eligible_at, now()) as points) s
		where s.points > v_points or (s.points = v_points and (r.eligible_at, r.id) < (v_task.eligible_at, v_task.id));
	end if;
	return jsonb_build_object(
		'task', jsonb_build_object('taskId', v_task.id::text, 'state', v_task.state, 'workflowType', v_task.workflow_type,
			'fairKey', v_task.fair_key, 'priority', v_task.priority, 'eligibleAt', v_task.eligible_at, 'notBefore', v_task.not_before,
			'expiresAt', v_task.expires_at, 'finishedAt', v_task.finished_at, 'executionId', v_task.execution_id, 'archived', v_archived),
		'ahead', jsonb_build_object('count', v_ahead, 'bound', c_bound),
		'queue', claim_snapshot());
end $$;
