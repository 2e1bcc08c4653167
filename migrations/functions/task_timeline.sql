-- Caller: history.timeline; an operator in psql. Reads only, queue and archive alike.
-- Answer: {taskId, workflowType, state, priority, attempts, idempotencyKey, createdAt, finishedAt, archived, costUsd, parentTaskId,
-- parentExecutionId, children: [{taskId, workflowType, state}], events}: the task, its parents and children, and every change and
-- failure in the
-- order of the log, each with the milliseconds since the one before: {kind: transition, at, from, to, epoch, executionId, actor, context,
-- sinceMs} or {kind: failure, at, attempt, epoch, executionId, code, message, action, decidedBy, result, sinceMs}. Null = no such task.
-- Example: select jsonb_pretty(orchestrator.task_timeline(1));
create or replace function orchestrator.task_timeline(p_task_id bigint) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	with events as (
		select l.at, 0 as n, l.seq, jsonb_build_object('kind', 'transition', 'at', l.at, 'from', l.from_state, 'to', l.to_state,
			'epoch', l.epoch, 'executionId', l.execution_id, 'actor', l.actor, 'context', l.context) as event
		from history_transitions l where l.entity = 'task' and l.task_id = p_task_id
		union all
		select f.at, 1, f.id, jsonb_build_object('kind', 'failure', 'at', f.at, 'attempt', f.attempt, 'epoch', f.epoch,
			'executionId', f.execution_id, 'code', f.code, 'message', f.message, 'action', f.recovery_action,
			'decidedBy', f.decided_by, 'result', f.result)
		from history_failures f where f.task_id = p_task_id
	), spaced as (
		select at, n, seq, event || jsonb_build_object('sinceMs',
			round(extract(epoch from at - lag(at) over (order by at, n, seq)) * 1000)) as event
		from events
	)
	select jsonb_build_object(
		'taskId', t.id::text, 'workflowType', t.workflow_type, 'state', t.state, 'priority', t.priority, 'attempts', t.attempts,
		'idempotencyKey', t.idempotency_key, 'createdAt', t.created_at, 'finishedAt', t.finished_at, 'archived', t.archived,
		'costUsd', t.cost_usd, 'parentTaskId', t.parent_task_id::text, 'parentExecutionId', t.parent_execution_id,
		'children', (select coalesce(jsonb_agg(jsonb_build_object('taskId', c.id::text, 'workflowType', c.workflow_type, 'state', c.state)
			order by c.id), '[]') from history_tasks c where c.parent_task_id = p_task_id),
		'events', (select coalesce(jsonb_agg(event order by at, n, seq), '[]') from spaced))
	from history_tasks t where t.id = p_task_id;
$$;
