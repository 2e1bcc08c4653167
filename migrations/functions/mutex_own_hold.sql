-- Caller: renew, park, drain and release of one execution, under the guard row.
-- Guard: the guard row of the caller. Names the hold by execution and, unless null, by the node run that renews it.
-- Answer: the row while its lease is in force; a null row = it ran out, was taken over, or never was.
create or replace function orchestrator.mutex_own_hold(p_lock text, p_ref jsonb, p_at timestamptz) returns orchestrator.mutex_holds
language sql volatile set search_path = orchestrator, pg_temp as $$
	select * from mutex_holds h where h.lock_name = p_lock and h.instance = p_ref ->> 'instance'
		and h.execution_id = p_ref ->> 'executionId' and h.era = p_ref ->> 'era'
		and (p_ref ->> 'session' is null or h.session = (p_ref ->> 'session')::uuid) and h.lease_until > p_at;
$$;
