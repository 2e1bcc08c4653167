-- Caller: every function of one execution, with the holds of the locked row.
-- Guard: none, reads its arguments only. Names the hold by execution and, if p_ref has one, by the node run that renews it.
-- Answer: the hold while its lease is in force; a null row = it ran out, was taken over, or never was.
create or replace function orchestrator.mutex_own_hold(p_holds orchestrator.mutex_hold[], p_ref jsonb, p_at timestamptz) returns orchestrator.mutex_hold
language sql stable set search_path = orchestrator, pg_temp as $$
	select h from unnest(p_holds) h where h.instance = p_ref ->> 'instance' and h.execution_id = p_ref ->> 'executionId'
		and h.era = p_ref ->> 'era' and (p_ref ->> 'session' is null or h.session = (p_ref ->> 'session')::uuid) and h.lease_until > p_at;
$$;
