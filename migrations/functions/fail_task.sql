-- Caller: settle, refuse (series exhausted), abandon, recover: with the task locked.
-- Guard: claimed or running under that execution and epoch. p_retry = {recommended, not_before} or null.
-- Answer: scheduled | dead; null = not ours any more. S4: dead at max_attempts or when no retry is recommended.
create or replace function orchestrator.fail_task(p_task_id bigint, p_execution_id uuid, p_epoch integer, p_error jsonb, p_retry jsonb)
returns text
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at constant timestamptz := clock_timestamp();
	v_task tasks;
	v_type workflow_types;
	v_due timestamptz;
begin
	update tasks set state = 'failed', execution_id = null, attempts = attempts + 1, delivery_failures = 0, error = p_error
	where id = p_task_id and execution_id = p_execution_id and epoch = p_epoch and state in ('claimed', 'running')
	returning * into v_task;
	if not found then return null; end if;
	select * into v_type from workflow_types where workflow_type = v_task.workflow_type;
	if v_task.attempts >= v_type.max_attempts or not coalesce((p_retry ->> 'recommended')::boolean, true) then
		update tasks set state = 'dead', finished_at = v_at where id = p_task_id;
		return 'dead';
	end if;
	v_due := greatest((p_retry ->> 'not_before')::timestamptz, v_at + make_interval(secs => backoff_seconds(
		v_type.backoff_base_seconds, v_type.backoff_ceiling_seconds, v_type.backoff_jitter_seconds,
		v_task.attempts, random())::double precision));
	update tasks set state = 'scheduled', not_before = v_due,
		eligible_at = retry_eligible_at(v_due, v_task.eligible_at, v_task.last_claimed_at)
	where id = p_task_id;
	return 'scheduled';
end $$;
