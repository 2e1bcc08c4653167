-- Caller: an operator in psql, or any worker without a plan of its own (S7): claim with the default plan.
-- Guard: that of claim. Answer: {executionId, epoch, workflowType, priority, parentExecutionId, leaseUntil, limitSeconds, endpointUrl,
-- callbackUrl, model, items: [{task_id, idempotency_key, attempt, input}]} an execution won; no row = nothing could be. Whoever
-- calls it must deliver what it won before the dispatch lease ends.
-- Example: select orchestrator.orchestrate_next_execution(p_max => 2);
create or replace function orchestrator.orchestrate_next_execution(p_worker text default session_user, p_max integer default 1)
returns setof jsonb
language sql volatile set search_path = orchestrator, pg_temp as $$
	select claim(default_claim_plan(p_worker, p_max));
$$;
