-- Caller: mutexes.stopWaiting, when a wait ends without the lock: its time is over, or the execution was stopped.
-- Guard: the lock's row; this execution's own wait. Answer: how long it waited in ms; null = it was not waiting.
create or replace function orchestrator.mutex_stop_waiting(p_lock text, p_ref jsonb) returns bigint
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_guard mutexes;
	v_at timestamptz;
	v_waiter mutex_waiters;
	v_waited_ms bigint;
begin
	v_guard := mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	delete from mutex_waiters w where w.lock_name = p_lock and w.instance = p_ref ->> 'instance'
		and w.execution_id = p_ref ->> 'executionId' and w.era = p_ref ->> 'era'
	returning * into v_waiter;
	if not found then return null; end if;
	v_waited_ms := floor(extract(epoch from v_at - v_waiter.since) * 1000);
	perform mutex_contend(p_lock, v_waiter.workflow_id, v_waiter.workflow_name, v_waiter.blocked_by_id, v_waiter.blocked_by_name, 'gave_up', v_waited_ms, v_at);
	perform mutex_save(v_guard, v_at);
	return v_waited_ms;
end $$;
