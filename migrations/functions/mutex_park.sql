-- Caller: mutexes.park, when an execution that holds while waiting parks.
-- Guard: the lock's row; this execution and node run, lease in force.
-- Answer: the end of the parked lease; null = lost before.
create or replace function orchestrator.mutex_park(p_lock text, p_ref jsonb, p_until timestamptz) returns timestamptz
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_guard mutexes;
	v_at timestamptz;
	v_own mutex_hold;
begin
	v_guard := mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_own := mutex_own_hold(v_guard.holds, p_ref, v_at);
	if v_own.status is null or v_own.status = 'draining' then return null; end if;
	v_own.status := 'parked';
	v_own.lease_until := greatest(p_until, v_own.lease_until);
	v_own.renewed_at := v_at;
	v_guard.holds := mutex_put_hold(v_guard.holds, v_own);
	perform mutex_save(v_guard, v_at);
	return v_own.lease_until;
end $$;
