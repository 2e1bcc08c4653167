-- Caller: enqueue_tasks, for the tasks of its batch that have {debounce: {key, seconds, maxSeconds?, keep?}}.
-- Promise: of all sends with one key that follow each other within `seconds`, one task runs, with the input of the last
-- (keep = first: of the first) send, `seconds` after the last send but at most `maxSeconds` (default: 10 times `seconds`)
-- after the first, with the highest priority and the latest deadline for waiting among them.
-- Answer: n = place in the batch; created = false: folded into a task that still waits, or into a later one of this batch.
create or replace function orchestrator.debounce_tasks(p_tasks jsonb, p_ids bigint[], p_keys text[])
returns table (n bigint, task_id bigint, idempotency_key text, created boolean)
language sql volatile set search_path = orchestrator, pg_temp as $$
	with sends as materialized (
		select t.n, t.item, t.item ->> 'workflowType' as type, t.item #>> '{debounce,key}' as key,
			coalesce(t.item #>> '{debounce,keep}', 'last') as keep,
			make_interval(secs => (t.item #>> '{debounce,seconds}')::double precision) as quiet,
			make_interval(secs => coalesce((t.item #>> '{debounce,maxSeconds}')::double precision,
				(t.item #>> '{debounce,seconds}')::double precision * 10)) as longest
		from jsonb_array_elements(p_tasks) with ordinality t(item, n)
		where jsonb_typeof(t.item -> 'debounce') = 'object'
	), groups as materialized (
		select distinct on (type, key) *, count(*) over g - 1 as folded, max(coalesce((item ->> 'priority')::smallint, 5)) over g as top
		from sends window g as (partition by type, key)
		order by type, key, case keep when 'last' then -n else n end
	), folded as (
		insert into tasks (id, workflow_type, fair_key, idempotency_key, state, priority, input, context, parent_execution_id,
			parent_task_id, not_before, eligible_at, expires_at, overrides, successors, debounce_key, debounce_until, coalesced)
		select p_ids[g.n], g.type, fair_key_of(g.item), p_keys[g.n], 'scheduled', g.top, g.item -> 'input', coalesce(g.item -> 'context', '{}'),
			(g.item ->> 'parentExecutionId')::uuid, (g.item ->> 'parentTaskId')::bigint, now() + g.quiet, now() + g.quiet,
			coalesce((g.item ->> 'expiresAt')::timestamptz, now() + g.quiet + make_interval(secs => y.queue_limit_seconds)),
			nullif(g.item -> 'overrides', 'null'), nullif(g.item -> 'successors', 'null'), g.key, now() + g.longest, g.folded
		from groups g join workflow_types y on y.workflow_type = g.type order by g.type, g.key
		on conflict (workflow_type, debounce_key) where debounce_key is not null do update set
			input = case (select g.keep from groups g where g.type = excluded.workflow_type and g.key = excluded.debounce_key)
				when 'first' then tasks.input else excluded.input end,
			priority = greatest(tasks.priority, excluded.priority), expires_at = greatest(tasks.expires_at, excluded.expires_at),
			coalesced = tasks.coalesced + excluded.coalesced + 1,
			not_before = least(greatest(tasks.not_before, excluded.not_before), tasks.debounce_until),
			eligible_at = least(greatest(tasks.not_before, excluded.not_before), tasks.debounce_until)
		returning id, workflow_type, debounce_key, idempotency_key
	)
	select s.n, f.id, f.idempotency_key, f.id = p_ids[s.n]
	from sends s join folded f on f.workflow_type = s.type and f.debounce_key = s.key;
$$;
