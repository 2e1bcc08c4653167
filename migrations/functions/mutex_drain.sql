-- Caller: mutexes.drain, when an execution was stopped while a node may still work.
-- Guard: the lock's guard row; this execution and node run, lease in force. Nobody joins or renews a draining hold.
-- Answer: when the lock opens by itself; null = it was no longer held. A second call changes nothing.
create or replace function orchestrator.mutex_drain(p_lock text, p_ref jsonb, p_grace_ms bigint) returns timestamptz
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_guard mutexes;
	v_at timestamptz;
	v_own mutex_holds;
	v_until timestamptz;
begin
	v_guard := mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_own := mutex_own_hold(p_lock, p_ref, v_at);
	if v_own.lock_name is null then return null; end if;
	if v_own.status = 'draining' then return v_own.lease_until; end if;
	v_until := v_at + make_interval(secs => p_grace_ms::double precision / 1000);
	update mutex_holds set status = 'draining', lease_until = v_until
	where lock_name = p_lock and instance = v_own.instance and execution_id = v_own.execution_id and era = v_own.era;
	insert into mutex_incidents (lock_name, kind, at, fencing_token, holder)
	values (p_lock, 'drained', v_at, v_own.fencing_token, mutex_holder_json(v_own));
	update mutexes set last_at = v_at where name = p_lock;
	return v_until;
end $$;
