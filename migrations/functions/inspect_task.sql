-- Caller: queue.inspect; an operator in psql.
-- Answer: {task, archived, context, deadLetter, failures: [{at, attempt, epoch, executionId, code, message, error, input, systemState,
-- recoveryAction,
-- decidedBy, result}], transitions: [{seq, at, from, to, epoch, actor, executionId, context}], children: [{taskId, workflowType,
-- state}]}: the task
-- as find_tasks shows it, its letter as list_dead_letters does, the last 200 errors and 500 changes, 100 children. Of queue and archive alike. Null = no such task.
-- Example: select jsonb_pretty(orchestrator.inspect_task(42));
create or replace function orchestrator.inspect_task(p_task_id bigint) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'task', task_overview(jsonb_populate_record(null::tasks, to_jsonb(t))), 'archived', t.archived, 'context', t.context,
		'deadLetter', (select dead_letter_json(d) from dead_letters d where d.task_id = t.id),
		'failures', (select coalesce(jsonb_agg(jsonb_build_object('at', f.at, 'attempt', f.attempt, 'epoch', f.epoch,
				'executionId', f.execution_id, 'code', f.code, 'message', f.message, 'error', f.error, 'input', f.input,
				'systemState', f.system_state, 'recoveryAction', f.recovery_action, 'decidedBy', f.decided_by, 'result', f.result) order by f.id), '[]')
			from (select * from history_failures where task_id = t.id order by id desc limit 200) f),
		'transitions', (select coalesce(jsonb_agg(jsonb_build_object('seq', s.seq::text, 'at', s.at, 'from', s.from_state, 'to', s.to_state,
				'epoch', s.epoch, 'actor', s.actor, 'executionId', s.execution_id, 'context', s.context) order by s.seq), '[]')
			from (select * from history_transitions where entity = 'task' and task_id = t.id order by seq desc limit 500) s),
		'children', (select coalesce(jsonb_agg(jsonb_build_object('taskId', c.id::text, 'workflowType', c.workflow_type, 'state', c.state) order by c.id), '[]')
			from (select * from history_tasks where parent_task_id = t.id order by id limit 100) c))
	from history_tasks t where t.id = p_task_id;
$$;
