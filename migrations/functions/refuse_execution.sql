-- Caller: executions.refuse after a definite refusal of the endpoint (S3).
-- Guard: still claimed, same epoch. Tasks are due again after 1, 2, 4 min (not before p_retry_at); an exhausted series is
-- one failure. Answer: false = it was accepted, settled or taken away meanwhile.
create or replace function orchestrator.refuse_execution(p_id uuid, p_epoch integer, p_error jsonb, p_retry_at timestamptz default null)
returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_row workflow_orchestration;
	v_policy record;
	v_task tasks;
	v_due timestamptz;
begin
	perform assert_read_committed();
	v_row := lock_execution(p_id);
	if v_row.id is null or v_row.epoch <> p_epoch or v_row.status <> 'claimed' then return false; end if;
	perform set_actor('refuse', jsonb_build_object('error', p_error));
	for v_task in select * from tasks where id = any (v_row.task_ids) and execution_id = p_id and epoch = p_epoch and state = 'claimed' order by id loop
		select * into v_policy from retry_policy(v_task);
		if v_task.delivery_failures >= v_policy.delivery_retries then
			perform fail_task(v_task.id, p_id, p_epoch, p_error, case when p_retry_at is not null
				then jsonb_build_object('recommended', true, 'not_before', p_retry_at) end);
			continue;
		end if;
		v_due := greatest(p_retry_at, clock_timestamp() + make_interval(secs => backoff_seconds(v_policy.delivery_base,
			greatest(v_policy.backoff_ceiling, v_policy.delivery_base), 0, v_task.delivery_failures + 1, 0.5)::double precision));
		update tasks set state = 'scheduled', execution_id = null, delivery_failures = delivery_failures + 1,
			not_before = v_due, error = p_error, eligible_at = retry_eligible_at(v_due, v_task.eligible_at, v_task.last_claimed_at)
		where id = v_task.id and execution_id = p_id and epoch = p_epoch and state = 'claimed';
		perform record_failure(v_task, p_id, p_error, 'redeliver', jsonb_build_object('not_before', v_due));
	end loop;
	perform record_execution_failure(v_row, p_error, 'redeliver');
	perform finish_executions(array[p_id], 'cancelled', p_error);
	return true;
end $$;
