-- Caller: claim, get_next_priority_task, tests.
-- Promise: S5, the same number as `score` in core/queue/score.ts.
-- Example: select orchestrator.score(5, now() - interval '40 minutes', now());
create or replace function orchestrator.score(p_priority integer, p_eligible_at timestamptz, p_at timestamptz) returns numeric
language sql immutable parallel safe as $$
	select p_priority * 10 + extract(epoch from p_at - p_eligible_at) / 60
		+ case when p_at - p_eligible_at > interval '30 minutes' then 50 else 0 end;
$$;
