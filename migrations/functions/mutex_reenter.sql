-- Caller: mutex_acquire for an execution that holds the lock already; also after a Wait.
-- Guard: the locked row of the caller. The node run that asked renews from now on. A lease is never shortened, except
-- the long one of a parked execution. Answer: an acquired MutexAnswer as jsonb with the same token.
create or replace function orchestrator.mutex_reenter(p_request jsonb, p_own orchestrator.mutex_hold, p_guard orchestrator.mutexes, p_at timestamptz) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_until timestamptz := p_at + (p_request ->> 'leaseMs')::double precision * interval '1 millisecond';
begin
	if p_own.status = 'held' then v_until := greatest(v_until, p_own.lease_until); end if;
	p_own.session := p_request ->> 'session';
	p_own.count := p_own.count + (p_request ->> 'mode' = 'acquire')::integer;
	p_own.status := 'held';
	p_own.lease_until := v_until;
	p_own.renewed_at := p_at;
	p_own.permits := least(p_own.permits, (p_request ->> 'permits')::integer);
	p_guard.holds := mutex_put_hold(p_guard.holds, p_own);
	perform mutex_save(p_guard, p_at);
	return mutex_acquired('own', p_own, 0);
end $$;
