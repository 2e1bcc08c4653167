-- Caller: mutex_acquire, mutex_take, mutex_reenter. Guard: none, reads its arguments only.
-- Answer: an acquired MutexAnswer as jsonb; p_how = new | own | caller.
create or replace function orchestrator.mutex_acquired(p_how text, p_hold orchestrator.mutex_hold, p_waited_ms bigint) returns jsonb
language sql stable as $$
	select jsonb_build_object('outcome', 'acquired', 'how', p_how, 'fencingToken', p_hold.fencing_token, 'acquiredAt', p_hold.acquired_at,
		'leaseUntil', p_hold.lease_until, 'count', p_hold.count, 'waitedMs', p_waited_ms);
$$;
