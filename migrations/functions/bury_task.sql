-- Caller: fail_task, expire_waiting: with the task locked. It is dead: a failure row with its reason, a dead letter, and the
-- successors that wait for this end (S22).
-- Guard: the trigger raises OR002 when it may not die from where it is.
create or replace function orchestrator.bury_task(p_task orchestrator.tasks, p_execution_id uuid, p_error jsonb, p_reason text) returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_task tasks;
begin
	update tasks set state = 'dead', not_before = null, debounce_key = null, error = p_error, finished_at = clock_timestamp()
	where id = p_task.id returning * into v_task;
	perform record_failure(p_task, p_execution_id, p_error, 'dead_letter', jsonb_build_object('reason', p_reason));
	insert into dead_letters as d (task_id, workflow_type, fair_key, cause, code, message, reason, failures, system_state, died_at, expires_at)
	select v_task.id, v_task.workflow_type, v_task.fair_key, failure_cause(f.code, f.message), f.code, f.message, p_reason,
		(select count(*) from failures n where n.task_id = v_task.id), f.system_state, v_task.finished_at,
		v_task.finished_at + make_interval(days => y.dead_letter_days)
	from failures f join workflow_types y on y.workflow_type = v_task.workflow_type
	where f.task_id = v_task.id order by f.id desc limit 1
	-- It was redriven, and died again.
	on conflict (task_id) do update set status = 'open', cause = excluded.cause, code = excluded.code, message = excluded.message,
		reason = excluded.reason, failures = excluded.failures, system_state = excluded.system_state, recovery_action = 'none',
		died_at = excluded.died_at, expires_at = excluded.expires_at, discarded_at = null, discarded_by = null;
	if v_task.successors is not null then perform enqueue_successors(v_task, p_execution_id); end if;
end $$;
