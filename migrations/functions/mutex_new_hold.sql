-- Caller: mutex_acquire and mutex_take. Guard: none, reads its arguments only. Answer: the hold that a request begins.
create or replace function orchestrator.mutex_new_hold(p_request jsonb, p_token bigint, p_at timestamptz) returns orchestrator.mutex_hold
language sql stable as $$
	select row(p_request ->> 'instance', p_request ->> 'executionId', p_request ->> 'era', p_request ->> 'session',
		p_request ->> 'workflowId', p_request ->> 'workflowName', p_request ->> 'nodeName', p_request -> 'callers' ->> 0,
		p_request ->> 'permits', p_token, 1, 'held', p_at + (p_request ->> 'leaseMs')::double precision * interval '1 millisecond', p_at, p_at
	)::orchestrator.mutex_hold;
$$;
