-- Caller: mutex_acquire for an execution that holds the lock already; also after a Wait.
-- Guard: the guard row of the caller. The node run that asked renews from now on. A lease is never shortened, except
-- the long one of a parked execution. Answer: an acquired MutexAnswer as jsonb with the same token.
create or replace function orchestrator.mutex_reenter(p_request jsonb, p_own orchestrator.mutex_holds, p_at timestamptz) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_until timestamptz := p_at + make_interval(secs => (p_request ->> 'leaseMs')::double precision / 1000);
	v_count constant integer := p_own.count + (p_request ->> 'mode' = 'acquire')::integer;
begin
	if p_own.status = 'held' then v_until := greatest(v_until, p_own.lease_until); end if;
	update mutex_holds set session = (p_request ->> 'session')::uuid, count = v_count, status = 'held', lease_until = v_until,
		renewed_at = p_at, permits = least(permits, (p_request ->> 'permits')::integer)
	where lock_name = p_own.lock_name and instance = p_own.instance and execution_id = p_own.execution_id and era = p_own.era;
	update mutexes set last_at = p_at where name = p_own.lock_name;
	return jsonb_build_object('outcome', 'acquired', 'how', 'own', 'fencingToken', p_own.fencing_token,
		'acquiredAt', p_own.acquired_at, 'leaseUntil', v_until, 'count', v_count, 'waitedMs', 0);
end $$;
