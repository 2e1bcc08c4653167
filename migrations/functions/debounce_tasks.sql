-- Caller: enqueue_tasks, for the tasks of its batch that have {debounce: {key, seconds, maxSeconds?, keep?}}.
-- Promise: of all sends with one key that follow each other within `seconds`, one task runs, with all that the last
-- (keep = first: the first) send carries, `seconds` after the last send (the longest that one asked for) but at most
-- `maxSeconds` (of the first; default: 10 times `seconds`) after the first, with the highest priority and the latest deadline
-- for waiting among them: none, if one has none. It makes no difference whether they come in one batch or one by one.
-- Guard: new_task_fault lets no deadline lie before the end of its silence, so the latest lies behind the due time.
-- Answer: n = place in the batch; created = false: folded into a task that still waits, or into a later one of this batch.
create or replace function orchestrator.debounce_tasks(p_tasks jsonb, p_ids bigint[], p_keys text[])
returns table (n bigint, task_id bigint, idempotency_key text, created boolean)
language sql volatile set search_path = orchestrator, pg_temp as $$
	with sends as materialized (
		select t.n, t.item, t.item ->> 'workflowType' as type, t.item #>> '{debounce,key}' as key,
			coalesce(t.item #>> '{debounce,keep}', 'last') as keep, q.quiet,
			make_interval(secs => coalesce((t.item #>> '{debounce,maxSeconds}')::double precision,
				(t.item #>> '{debounce,seconds}')::double precision * 10)) as longest,
			coalesce((t.item ->> 'expiresAt')::timestamptz, now() + q.quiet + make_interval(secs => y.queue_limit_seconds)) as expires_at
		from jsonb_array_elements(p_tasks) with ordinality t(item, n)
		join workflow_types y on y.workflow_type = t.item ->> 'workflowType'
		cross join lateral (select make_interval(secs => (t.item #>> '{debounce,seconds}')::double precision) as quiet) q
		where jsonb_typeof(t.item -> 'debounce') = 'object'
	), groups as materialized (
		select distinct on (type, key) n, item, type, key, keep, count(*) over g - 1 as folded,
			max(coalesce((item ->> 'priority')::smallint, 5)) over g as top,
			case when bool_and(expires_at is not null) over g then max(expires_at) over g end as latest,
			now() + first_value(longest) over (g order by n) as until, now() + max(quiet) over g as quiet_at
		from sends window g as (partition by type, key)
		order by type, key, case keep when 'last' then -n else n end
	), folded as (
		insert into tasks (id, workflow_type, fair_key, idempotency_key, state, priority, input, context, parent_execution_id,
			parent_task_id, not_before, eligible_at, expires_at, overrides, successors, debounce_key, debounce_until, coalesced)
		select p_ids[g.n], g.type, fair_key_of(g.item), p_keys[g.n], 'scheduled', g.top, g.item -> 'input', coalesce(g.item -> 'context', '{}'),
			(g.item ->> 'parentExecutionId')::uuid, (g.item ->> 'parentTaskId')::bigint, least(g.quiet_at, g.until), least(g.quiet_at, g.until),
			g.latest, nullif(g.item -> 'overrides', 'null'), nullif(g.item -> 'successors', 'null'), g.key, g.until, g.folded
		from groups g order by g.type, g.key
		on conflict (workflow_type, debounce_key) where debounce_key is not null do update set
			(fair_key, input, context, parent_execution_id, parent_task_id, overrides, successors) = (
				select (k.kept).fair_key, (k.kept).input, (k.kept).context, (k.kept).parent_execution_id, (k.kept).parent_task_id,
					(k.kept).overrides, (k.kept).successors
				from (select case g.keep when 'first' then tasks else excluded end as kept
					from groups g where g.type = excluded.workflow_type and g.key = excluded.debounce_key) k),
			priority = greatest(tasks.priority, excluded.priority),
			expires_at = case when tasks.expires_at is not null and excluded.expires_at is not null
				then greatest(tasks.expires_at, excluded.expires_at) end,
			coalesced = tasks.coalesced + excluded.coalesced + 1,
			not_before = least(greatest(tasks.not_before, excluded.not_before), tasks.debounce_until),
			eligible_at = least(greatest(tasks.not_before, excluded.not_before), tasks.debounce_until)
		returning id, workflow_type, debounce_key, idempotency_key
	)
	select s.n, f.id, f.idempotency_key, f.id = p_ids[s.n]
	from sends s join folded f on f.workflow_type = s.type and f.debounce_key = s.key;
$$;
