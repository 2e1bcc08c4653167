-- Caller: settle, refuse (series exhausted), abandon, recover: with its execution locked.
-- Guard: claimed or running under that execution and epoch. p_retry = {recommended, not_before} or null.
-- Answer: scheduled | dead; null = not ours any more. S4: dead at max_attempts or when no retry is recommended.
create or replace function orchestrator.fail_task(p_task_id bigint, p_execution_id uuid, p_epoch integer, p_error jsonb, p_retry jsonb)
returns text
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at constant timestamptz := clock_timestamp();
	v_task tasks;
	v_policy record;
	v_due timestamptz;
begin
	update tasks set state = 'failed', execution_id = null, attempts = attempts + 1, delivery_failures = 0, error = p_error
	where id = p_task_id and execution_id = p_execution_id and epoch = p_epoch and state in ('claimed', 'running')
	returning * into v_task;
	if not found then return null; end if;
	select * into v_policy from retry_policy(v_task);
	if v_task.attempts >= v_policy.max_attempts or not coalesce((p_retry ->> 'recommended')::boolean, true) then
		perform bury_task(v_task, p_execution_id, p_error, case when v_task.attempts >= v_policy.max_attempts
			then format('%s of %s attempts failed', v_task.attempts, v_policy.max_attempts) else 'the report advised against another attempt' end);
		return 'dead';
	end if;
	v_due := greatest((p_retry ->> 'not_before')::timestamptz, v_at + make_interval(secs => backoff_seconds(
		v_policy.backoff_base, v_policy.backoff_ceiling, v_policy.backoff_jitter, v_task.attempts, random())::double precision));
	update tasks set state = 'scheduled', not_before = v_due,
		eligible_at = retry_eligible_at(v_due, v_task.eligible_at, v_task.last_claimed_at)
	where id = p_task_id;
	perform record_failure(v_task, p_execution_id, p_error, 'retry', jsonb_build_object('not_before', v_due));
	return 'scheduled';
end $$;
