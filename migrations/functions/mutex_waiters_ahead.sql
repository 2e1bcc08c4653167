-- Caller: mutex_acquire, when a permit is free.
-- Guard: the locked row of the caller, with the clock read after it.
-- Answer: how many other executions asked for the lock before this one and still ask.
create or replace function orchestrator.mutex_waiters_ahead(p_request jsonb, p_at timestamptz) returns bigint
language sql volatile set search_path = orchestrator, pg_temp as $$
	select count(*) from mutex_waiters w
	where w.lock_name = p_request ->> 'lock' and w.seen_until > p_at
		and (w.instance, w.workflow_id, w.execution_id, w.era)
			<> (p_request ->> 'instance', p_request ->> 'workflowId', p_request ->> 'executionId', p_request ->> 'era')
		and w.since < coalesce((select o.since from mutex_waiters o where o.lock_name = p_request ->> 'lock'
			and o.instance = p_request ->> 'instance' and o.workflow_id = p_request ->> 'workflowId'
			and o.execution_id = p_request ->> 'executionId' and o.era = p_request ->> 'era'), 'infinity');
$$;
