-- Caller: mutex_acquire_all, and mutexes.acquire for a lock that is new or whose row another transaction has. One
-- MutexRequest as jsonb; with mode = ensure a hold that this execution has already is not counted again.
-- Guard: the lock's row. A lock that nobody holds or waits for is taken by one update of it, which looks again when it
-- had to wait for the row; else the row is locked first, the clock read after it, waiters in later statements (S8).
-- Order: what ran out is removed; an execution that holds the lock gets it again (acquire counts, ensure does not); one
-- whose caller holds it joins the caller; else a permit must be free beyond those that older waiters will take.
-- The permits of the strictest holder count, so that two nodes that disagree never let in more than the lower number.
-- Names are written out instead of a search_path of its own: entering and leaving that costs a tenth of the call.
-- Answer: MutexAnswer as jsonb: acquired, or busy with the reason held | draining | waiters_first | another_waits.
create or replace function orchestrator.mutex_acquire(p_request jsonb) returns jsonb
language plpgsql volatile as $$
declare
	v_answer jsonb;
	v_guard orchestrator.mutexes;
	v_at timestamptz;
	v_own orchestrator.mutex_hold;
	v_token bigint;
	v_holders integer;
	v_permits integer;
begin
	if current_setting('transaction_isolation') <> 'read committed' then perform orchestrator.assert_read_committed(); end if;
	update orchestrator.mutexes m set (last_at, last_token, acquisitions, permits, holds) = (
		select c.at, c.token, m.acquisitions + 1, (p_request ->> 'permits')::integer, array[orchestrator.mutex_new_hold(p_request, c.token, c.at)]
		from (select greatest(m.last_at, clock_timestamp()) as at, nextval('orchestrator.mutex_fencing_tokens') as token) c)
	where m.name = p_request ->> 'lock' and cardinality(m.holds) = 0 and m.waiters = 0
	returning orchestrator.mutex_acquired('new', m.holds[1], 0) into v_answer;
	if found then return v_answer; end if;

	v_guard := orchestrator.mutex_guard(p_request ->> 'lock');
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_guard.holds := orchestrator.mutex_evict(v_guard, v_at);

	v_own := orchestrator.mutex_own_hold(v_guard.holds, p_request - 'session', v_at);
	if v_own.status = 'draining' then return orchestrator.mutex_busy(p_request, 'draining', v_guard, v_at); end if;
	if v_own.status is not null then return orchestrator.mutex_reenter(p_request, v_own, v_guard, v_at); end if;

	select min(h.fencing_token) filter (where h.instance = p_request ->> 'instance' and p_request -> 'callers' ? h.execution_id::text and h.status <> 'draining'),
		count(distinct h.fencing_token), least((p_request ->> 'permits')::integer, min(h.permits))
	into v_token, v_holders, v_permits
	from unnest(v_guard.holds) h;
	if v_token is null and v_holders >= v_permits then
		return orchestrator.mutex_busy(p_request, case when exists (select from unnest(v_guard.holds) h where h.status <> 'draining') then 'held' else 'draining' end, v_guard, v_at);
	end if;
	if v_token is null and v_permits - v_holders <= orchestrator.mutex_waiters_ahead(p_request, v_at) then
		return orchestrator.mutex_busy(p_request, 'waiters_first', v_guard, v_at);
	end if;
	return orchestrator.mutex_take(p_request, v_token, v_guard, v_at);
end $$;
