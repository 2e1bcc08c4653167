-- Caller: claim, before each execution, with the keys that have admissible queued tasks.
-- Promise (S6, shareCap in core/queue/selection.ts): the keys that hold max(1, ceil(weight / sum of weights * slots))
-- executions already. Empty = none; a single key is never capped.
create or replace function orchestrator.keys_at_share_cap(p_keys text[], p_slots integer) returns text[]
language sql volatile set search_path = orchestrator, pg_temp as $$
	select case when cardinality(p_keys) <= 1 then '{}'::text[] else array(
		select k.fair_key from fair_keys k
		where k.fair_key = any (p_keys) and (
			select count(*) from execution_slots s join workflow_orchestration e on e.id = s.execution_id
			where e.fair_key = k.fair_key
		) >= greatest(1, ceil(k.weight::numeric / (select sum(weight) from fair_keys where fair_key = any (p_keys)) * p_slots))) end;
$$;
