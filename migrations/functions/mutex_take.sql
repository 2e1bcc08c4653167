-- Caller: mutex_acquire, once it has decided that the lock is to be had beside other holders or before waiters.
-- Guard: the locked row of the caller, what ran out removed. A null token draws the next one; else the execution joins
-- its caller's hold. Ends this execution's wait, if it had one, and counts it. Answer: an acquired MutexAnswer as jsonb.
create or replace function orchestrator.mutex_take(p_request jsonb, p_token bigint, p_guard orchestrator.mutexes, p_at timestamptz) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_hold constant mutex_hold := mutex_new_hold(p_request, coalesce(p_token, nextval('mutex_fencing_tokens')), p_at);
	v_waiter mutex_waiters;
	v_waited_ms bigint := 0;
begin
	delete from mutex_waiters w where w.lock_name = p_guard.name and w.instance = p_request ->> 'instance'
		and w.workflow_id = p_request ->> 'workflowId' and w.execution_id = p_request ->> 'executionId' and w.era = p_request ->> 'era'
	returning * into v_waiter;
	if found then
		v_waited_ms := floor(extract(epoch from p_at - v_waiter.since) * 1000);
		perform mutex_contend(p_guard.name, v_waiter.workflow_id, v_waiter.workflow_name, v_waiter.blocked_by_id, v_waiter.blocked_by_name, 'waited', v_waited_ms, p_at);
	end if;
	p_guard.last_token := v_hold.fencing_token;
	p_guard.acquisitions := p_guard.acquisitions + 1;
	p_guard.permits := v_hold.permits;
	p_guard.holds := p_guard.holds || v_hold;
	perform mutex_save(p_guard, p_at);
	return mutex_acquired(case when p_token is null then 'new' else 'caller' end, v_hold, v_waited_ms);
end $$;
