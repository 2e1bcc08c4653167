-- Caller: fail_task, refuse_execution, tests.
-- Promise: the formula of core/retry/backoff.ts; p_draw is uniform in [0, 1), 0.5 = no jitter. Never negative.
create or replace function orchestrator.backoff_seconds(
	p_base numeric, p_ceiling numeric, p_jitter numeric, p_failures integer, p_draw double precision
) returns numeric
language sql immutable parallel safe as $$
	select greatest(0, least(p_ceiling, p_base * power(2::numeric, least(greatest(p_failures, 1), 30) - 1))
		+ (p_draw * 2 - 1)::numeric * p_jitter);
$$;
