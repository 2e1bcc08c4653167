-- Caller: mutexes.park, when an execution that holds while waiting parks.
-- Guard: the lock's guard row; this execution and node run, lease in force.
-- Answer: the end of the parked lease; null = lost before.
create or replace function orchestrator.mutex_park(p_lock text, p_ref jsonb, p_until timestamptz) returns timestamptz
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_guard mutexes;
	v_at timestamptz;
	v_own mutex_holds;
begin
	v_guard := mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_own := mutex_own_hold(p_lock, p_ref, v_at);
	if v_own.lock_name is null or v_own.status = 'draining' then return null; end if;
	update mutex_holds set lease_until = greatest(p_until, lease_until), renewed_at = v_at, status = 'parked'
	where lock_name = p_lock and instance = v_own.instance and execution_id = v_own.execution_id and era = v_own.era;
	update mutexes set last_at = v_at where name = p_lock;
	return greatest(p_until, v_own.lease_until);
end $$;
