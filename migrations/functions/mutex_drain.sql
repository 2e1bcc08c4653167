-- Caller: mutexes.drain, when an execution was stopped while a node may still work.
-- Guard: the lock's row; this execution and node run, lease in force. Nobody joins or renews a draining hold.
-- Answer: when the lock opens by itself; null = it was no longer held. A second call changes nothing.
create or replace function orchestrator.mutex_drain(p_lock text, p_ref jsonb, p_grace_ms bigint) returns timestamptz
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_guard mutexes;
	v_at timestamptz;
	v_own mutex_hold;
begin
	v_guard := mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_own := mutex_own_hold(v_guard.holds, p_ref, v_at);
	if v_own.status is null then return null; end if;
	if v_own.status = 'draining' then return v_own.lease_until; end if;
	insert into mutex_incidents (lock_name, kind, at, fencing_token, holder)
	values (p_lock, 'drained', v_at, v_own.fencing_token, mutex_holder_json(v_own));
	v_own.status := 'draining';
	v_own.lease_until := v_at + p_grace_ms * interval '1 millisecond';
	v_guard.holds := mutex_put_hold(v_guard.holds, v_own);
	perform mutex_save(v_guard, v_at);
	return v_own.lease_until;
end $$;
