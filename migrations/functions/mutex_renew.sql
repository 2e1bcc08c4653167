-- Caller: mutexes.renew, every third of the lease while the execution lives.
-- Guard: the lock's row; this execution and node run, held or parked, lease in force.
-- Answer: the new end of the lease; null = lost (ran out, released, draining, or a later acquire renews it).
create or replace function orchestrator.mutex_renew(p_lock text, p_ref jsonb, p_lease_ms bigint) returns timestamptz
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
	v_own.status := 'held';
	v_own.lease_until := v_at + p_lease_ms * interval '1 millisecond';
	v_own.renewed_at := v_at;
	v_guard.holds := mutex_put_hold(v_guard.holds, v_own);
	perform mutex_save(v_guard, v_at);
	return v_own.lease_until;
end $$;
