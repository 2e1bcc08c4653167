-- Caller: mutex_acquire, once it has decided that the lock is not to be had now.
-- Guard: the locked row of the caller, what ran out removed. With onBusy = wait it enters or refreshes the only waiter of
-- this workflow; else, and when another execution of the workflow waits already, the refusal is counted.
-- Answer: a busy MutexAnswer as jsonb, with who holds the lock and when the first lease ends (null = waiters only).
create or replace function orchestrator.mutex_busy(p_request jsonb, p_reason text, p_guard orchestrator.mutexes, p_at timestamptz) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_reason text := p_reason;
	v_outcome text := case p_request ->> 'onBusy' when 'skip' then 'skipped' when 'fail' then 'failed' end;
	v_seen_until constant timestamptz := p_at + make_interval(secs => (p_request ->> 'waiterMs')::double precision / 1000);
	v_holders jsonb;
	v_retry timestamptz;
	v_by_id text;
	v_by_name text;
begin
	select jsonb_agg(mutex_holder_json(h) order by h.fencing_token, h.acquired_at), min(h.lease_until),
		(array_agg(h.workflow_id order by h.fencing_token))[1], (array_agg(h.workflow_name order by h.fencing_token))[1]
	into v_holders, v_retry, v_by_id, v_by_name
	from unnest(p_guard.holds) h;
	if v_by_id is null then
		select w.workflow_id, w.workflow_name into v_by_id, v_by_name from mutex_waiters w
		where w.lock_name = p_guard.name and w.seen_until > p_at order by w.since limit 1;
	end if;
	if p_request ->> 'onBusy' = 'wait' then
		insert into mutex_waiters as w (lock_name, instance, workflow_id, workflow_name, execution_id, era, node_name,
			since, seen_until, blocked_by_id, blocked_by_name)
		values (p_guard.name, p_request ->> 'instance', p_request ->> 'workflowId', p_request ->> 'workflowName', p_request ->> 'executionId',
			p_request ->> 'era', p_request ->> 'nodeName', p_at, v_seen_until, coalesce(v_by_id, ''), coalesce(v_by_name, ''))
		on conflict (lock_name, instance, workflow_id) do update set
			since = case when w.execution_id = excluded.execution_id and w.era = excluded.era then w.since else excluded.since end,
			execution_id = excluded.execution_id, era = excluded.era, node_name = excluded.node_name, seen_until = excluded.seen_until
		where (w.execution_id = excluded.execution_id and w.era = excluded.era) or w.seen_until <= p_at;
		if not found then
			v_reason := 'another_waits';
			v_outcome := 'skipped';
		end if;
	end if;
	if v_outcome is not null then
		perform mutex_contend(p_guard.name, p_request ->> 'workflowId', p_request ->> 'workflowName', coalesce(v_by_id, ''), coalesce(v_by_name, ''), v_outcome, 0, p_at);
	end if;
	perform mutex_save(p_guard, p_at);
	return jsonb_build_object('outcome', 'busy', 'reason', v_reason, 'holders', coalesce(v_holders, '[]'), 'retryAt', v_retry);
end $$;
