-- Caller: queue.enqueue with an array of NewTask (core/task/task.ts) as jsonb; at most 10,000. All or nothing.
-- Guard: OR003 unknown type, OR004 input over the bound, OR005 anything else; before the first write.
-- Answer: one row per input, in its order. created = false: the key existed (also earlier in this batch), or the task was
-- folded into a debounced one that still waits; existing_state is then the state of that task, null = it left the archive too.
-- No input, no row.
create or replace function orchestrator.enqueue_tasks(p_tasks jsonb)
returns table (ord integer, task_id bigint, idempotency_key text, created boolean, existing_state text)
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
	-- One element a task. A key that the sender did not give is random (the batch and its place), and needs no row of its own:
	-- nobody can repeat it.
	t_id bigint[]; t_type text[]; t_fair_key text[]; t_key text[]; t_keyed boolean[];
	-- Null: no task is debounced, every key is this batch's own. False: the key is taken, by an earlier task or earlier in this batch.
	t_debounced boolean[]; t_new boolean[];
	v_batch constant text := gen_random_uuid();
	v_bad boolean;
	v_limits jsonb; -- workflow_type -> how many seconds its tasks may wait; null = for ever
begin
	perform assert_read_committed();
	if jsonb_typeof(p_tasks) is distinct from 'array' or jsonb_array_length(p_tasks) > 10000 then
		raise exception 'enqueue_tasks takes an array of at most 10000 tasks, got %', case jsonb_typeof(p_tasks)
			when 'array' then jsonb_array_length(p_tasks)::text else shown_value(p_tasks) end using errcode = 'OR005';
	end if;
	if p_tasks = '[]' then return; end if;
	perform set_actor('enqueue');
	-- Before the types are read: who deletes one (keep_used_type) waits for us, or we for them.
	lock table tasks in row exclusive mode;
	v_limits := (select jsonb_object_agg(workflow_type, queue_limit_seconds) from workflow_types);

	-- One pass takes the batch apart and looks for a bad task. Ids in the order of the input: id breaks ties of the score.
	select array_agg(t.id), array_agg(t.type), array_agg(t.fair_key), array_agg(coalesce(t.key, v_batch || '-' || t.n)), array_agg(t.key is not null),
		array_agg(t.debounced), bool_or(t.bad)
	into t_id, t_type, t_fair_key, t_key, t_keyed, t_debounced, v_bad
	from (select n, nextval('tasks_id_seq') as id, item ->> 'workflowType' as type, fair_key_of(item) as fair_key, item ->> 'idempotencyKey' as key,
			coalesce(jsonb_typeof(item -> 'debounce') = 'object', false) as debounced, is_bad_task(item, v_limits) as bad
		from jsonb_array_elements(p_tasks) with ordinality i(item, n)) t;
	if v_bad then perform check_new_tasks(p_tasks); end if;

	insert into fair_keys (fair_key, workflow_type, weight)
	select distinct on (1) k.fair_key, y.workflow_type, y.weight
	from (select distinct fair_key collate "C" as fair_key, type collate "C" as type from unnest(t_fair_key, t_type) t(fair_key, type)) k
	join workflow_types y on y.workflow_type = k.type
	where not exists (select 1 from fair_keys f where f.fair_key = k.fair_key)
	order by 1
	on conflict do nothing;

	if not true = any (t_debounced) then t_debounced := null; end if;
	if true = any (t_keyed) then t_new := take_keys(t_id, t_type, t_key, t_keyed); end if;
	insert into tasks (id, workflow_type, fair_key, idempotency_key, state, priority, input, context, parent_execution_id,
		parent_task_id, not_before, eligible_at, expires_at, overrides, successors)
	select i.id, i."workflowType", i.fair_key, i.key,
		case when d.due_at > now() then 'scheduled' else 'queued' end, coalesce(i.priority, 5), i.input, coalesce(i.context, '{}'),
		i."parentExecutionId", i."parentTaskId", case when d.due_at > now() then d.due_at end, d.due_at,
		coalesce(i."expiresAt", d.due_at + make_interval(secs => (v_limits ->> i."workflowType")::double precision)), i.overrides, i.successors
	from rows from (jsonb_to_recordset(p_tasks) as ("workflowType" text, input jsonb, priority smallint, "notBefore" timestamptz,
		context jsonb, "parentExecutionId" uuid, "parentTaskId" bigint, "expiresAt" timestamptz, overrides jsonb, successors jsonb),
		unnest(t_id), unnest(t_fair_key), unnest(t_key), unnest(t_new), unnest(t_debounced))
		as i("workflowType", input, priority, "notBefore", context, "parentExecutionId", "parentTaskId", "expiresAt", overrides, successors,
			id, fair_key, key, new, debounced)
	cross join lateral (select greatest(i."notBefore", now()) as due_at) d
	where i.new is not false and i.debounced is not true;

	perform wake_up() where exists (select 1 from tasks t where t.id = any (t_id) and t.state || '' = 'queued'); -- by the primary key: see claim
	if t_debounced is null and t_new is null then
		return query select t.n::integer, t.id, t.key, true, null from unnest(t_id, t_key) with ordinality t(id, key, n);
		return;
	end if;
	return query
	with debounced as materialized (
		select * from debounce_tasks(p_tasks, t_id, t_key) where t_debounced is not null
	)
	-- A later statement than the insert: it also sees keys that another transaction committed while we waited for it.
	select t.n::integer, x.id, coalesce(d.idempotency_key, t.key), x.created, case when not x.created then coalesce(
			case when d.n is not null then 'scheduled' end,
			(select e.state::text from tasks e where e.id = x.id),
			(select e.state::text from archived_tasks e where e.id = x.id)) end
	from unnest(t_id, t_type, t_key, t_new) with ordinality t(id, type, key, new, n)
	left join debounced d on d.n = t.n
	cross join lateral (select coalesce(d.created, t.new, true) as created, coalesce(d.task_id, case when t.new is not false then t.id else (
			select k.task_id from idempotency_keys k where k.workflow_type = t.type and k.idempotency_key = t.key) end) as id
		offset 0) x -- looked up once
	order by t.n;
end $$;
