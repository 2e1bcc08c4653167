-- Caller: mutex_acquire, once it has decided that the lock is to be had.
-- Guard: the guard row of the caller. A null token draws the next one; else the execution joins its caller's hold.
-- Ends this execution's wait, if it had one, and counts it. Answer: an acquired MutexAnswer as jsonb.
create or replace function orchestrator.mutex_take(p_request jsonb, p_token bigint, p_at timestamptz) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_lock constant text := p_request ->> 'lock';
	v_token constant bigint := coalesce(p_token, nextval('mutex_fencing_tokens'));
	v_until constant timestamptz := p_at + make_interval(secs => (p_request ->> 'leaseMs')::double precision / 1000);
	v_waiter mutex_waiters;
	v_waited_ms bigint := 0;
begin
	insert into mutex_holds (lock_name, instance, execution_id, era, session, workflow_id, workflow_name, node_name,
		parent_execution_id, permits, fencing_token, lease_until, acquired_at, renewed_at)
	values (v_lock, p_request ->> 'instance', p_request ->> 'executionId', p_request ->> 'era', (p_request ->> 'session')::uuid,
		p_request ->> 'workflowId', p_request ->> 'workflowName', p_request ->> 'nodeName',
		p_request -> 'callers' ->> 0, (p_request ->> 'permits')::integer, v_token, v_until, p_at, p_at);
	update mutexes set last_at = p_at, last_token = v_token, acquisitions = acquisitions + 1, permits = (p_request ->> 'permits')::integer
	where name = v_lock;
	delete from mutex_waiters w where w.lock_name = v_lock and w.instance = p_request ->> 'instance'
		and w.workflow_id = p_request ->> 'workflowId' and w.execution_id = p_request ->> 'executionId' and w.era = p_request ->> 'era'
	returning * into v_waiter;
	if found then
		v_waited_ms := floor(extract(epoch from p_at - v_waiter.since) * 1000);
		perform mutex_contend(v_lock, v_waiter.workflow_id, v_waiter.workflow_name, v_waiter.blocked_by_id, v_waiter.blocked_by_name, 'waited', v_waited_ms, p_at);
	end if;
	return jsonb_build_object('outcome', 'acquired', 'how', case when p_token is null then 'new' else 'caller' end,
		'fencingToken', v_token, 'acquiredAt', p_at, 'leaseUntil', v_until, 'count', 1, 'waitedMs', v_waited_ms);
end $$;
