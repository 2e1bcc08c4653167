-- Caller: claim; inlined.
-- Answer: what a task of a stream that is looked through since p_from can score at most; without a bound, infinite.
create or replace function orchestrator.best_score(p_priority integer, p_from timestamptz, p_at timestamptz) returns numeric
language sql immutable parallel safe as $$
	select case when isfinite(p_from) then orchestrator.score(p_priority, p_from, p_at) else 'infinity' end;
$$;
