-- Caller: mutexes.acquire and, with mode = ensure, mutexes.ensure. One MutexRequest as jsonb.
-- Guard: the lock's guard row; the clock is read after it, holds and waiters in later statements (S8).
-- Order: what ran out is removed; an execution that holds the lock gets it again (acquire counts, ensure does not); one
-- whose caller holds it joins the caller; else a permit must be free beyond those that older waiters will take.
-- The permits of the strictest holder count, so that two nodes that disagree never let in more than the lower number.
-- Answer: MutexAnswer as jsonb: acquired, or busy with the reason held | draining | waiters_first | another_waits.
create or replace function orchestrator.mutex_acquire(p_request jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_lock constant text := p_request ->> 'lock';
	v_guard mutexes;
	v_at timestamptz;
	v_rows integer;
	v_lapsed integer;
	v_holders integer := 0;
	v_permits integer := (p_request ->> 'permits')::integer;
	v_own mutex_holds;
	v_token bigint;
	v_ahead integer;
begin
	v_guard := mutex_guard(v_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());

	select count(*), count(*) filter (where h.lease_until <= v_at), count(distinct h.fencing_token) filter (where h.lease_until > v_at),
		least(v_permits, min(h.permits) filter (where h.lease_until > v_at))
	into v_rows, v_lapsed, v_holders, v_permits
	from mutex_holds h where h.lock_name = v_lock;
	if v_lapsed > 0 then perform mutex_evict(v_lock, v_at); end if;

	if v_holders > 0 then
		select * into v_own from mutex_holds h where h.lock_name = v_lock and h.instance = p_request ->> 'instance'
			and h.execution_id = p_request ->> 'executionId' and h.era = p_request ->> 'era';
		if found then
			if v_own.status = 'draining' then return mutex_busy(p_request, 'draining', v_at); end if;
			return mutex_reenter(p_request, v_own, v_at);
		end if;
		select h.fencing_token into v_token from mutex_holds h where h.lock_name = v_lock and h.instance = p_request ->> 'instance'
			and h.execution_id = any (array(select jsonb_array_elements_text(p_request -> 'callers'))) and h.status <> 'draining'
		order by h.fencing_token limit 1;
		if found then return mutex_take(p_request, v_token, v_at); end if;
		if v_holders >= v_permits then
			return mutex_busy(p_request, case when exists (select 1 from mutex_holds h where h.lock_name = v_lock and h.status <> 'draining')
				then 'held' else 'draining' end, v_at);
		end if;
	end if;

	select count(*) into v_ahead from mutex_waiters w
	where w.lock_name = v_lock and w.seen_until > v_at
		and (w.instance, w.workflow_id, w.execution_id, w.era)
			<> (p_request ->> 'instance', p_request ->> 'workflowId', p_request ->> 'executionId', p_request ->> 'era')
		and w.since < coalesce((select o.since from mutex_waiters o where o.lock_name = v_lock and o.instance = p_request ->> 'instance'
			and o.workflow_id = p_request ->> 'workflowId' and o.execution_id = p_request ->> 'executionId' and o.era = p_request ->> 'era'), 'infinity');
	if v_permits - v_holders <= v_ahead then return mutex_busy(p_request, 'waiters_first', v_at); end if;
	return mutex_take(p_request, null, v_at);
end $$;
