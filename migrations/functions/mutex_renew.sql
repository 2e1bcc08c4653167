-- Caller: mutexes.renew, every third of the lease while the execution lives.
-- Guard: the lock's guard row; this execution and node run, held or parked, lease in force.
-- Answer: the new end of the lease; null = lost (ran out, released, draining, or a later acquire renews it).
create or replace function orchestrator.mutex_renew(p_lock text, p_ref jsonb, p_lease_ms bigint) returns timestamptz
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
	if v_own.lock_name is null or v_own.status = 'draining' then return null; end if;
	v_until := v_at + make_interval(secs => p_lease_ms::double precision / 1000);
	update mutex_holds set lease_until = v_until, renewed_at = v_at, status = 'held'
	where lock_name = p_lock and instance = v_own.instance and execution_id = v_own.execution_id and era = v_own.era;
	update mutexes set last_at = v_at where name = p_lock;
	return v_until;
end $$;
