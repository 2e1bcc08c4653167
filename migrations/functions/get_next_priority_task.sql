-- Caller: an operator in psql. Looks, takes nothing: the queued task that leads the order now, with its score.
-- Answer: no row = nothing is queued. Gates (pause, address, caps) are not asked.
-- Example: select * from orchestrator.get_next_priority_task();
create or replace function orchestrator.get_next_priority_task()
returns table (task_id bigint, workflow_type text, priority smallint, eligible_at timestamptz, task_score numeric, input jsonb)
language sql stable set search_path = orchestrator, pg_temp as $$
	select h.id, h.workflow_type, h.priority, h.eligible_at, score(h.priority, h.eligible_at, now()), h.input
	from fair_keys k cross join generate_series(1, 10) p
	cross join lateral (
		select t.* from tasks t where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
		order by t.eligible_at, t.id limit 1) h
	order by 5 desc, h.eligible_at, h.id limit 1;
$$;
