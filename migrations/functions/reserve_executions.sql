-- Caller: claim, which holds the locks of the slots and of every task.
-- Guard: none of its own. Answer: the new executions' ids, in the order of p_slots. Epoch = 1 + the highest of its tasks,
-- so it never goes back (S2); the time limit is the longest of its tasks: that which a task asks for, else its type's.
create or replace function orchestrator.reserve_executions(
	p_plan jsonb, p_types jsonb, p_slots smallint[], p_type text[], p_key text[], p_tasks bigint[], p_execution integer[]
) returns uuid[]
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at constant timestamptz := clock_timestamp();
	v_models constant jsonb := coalesce(p_plan -> 'models', '[]');
	v_ids constant uuid[] := array(select gen_random_uuid() from unnest(p_slots));
begin
	insert into workflow_orchestration (id, kind, parent_execution_id, workflow_type, fair_key, priority, status, epoch, owner,
		slot_no, lease_until, last_at, deployment, endpoint_url, callback_url, model, limit_seconds, task_ids, created_at)
	select e.id, 'dispatch', nullif(p_plan ->> 'runId', '')::uuid, e.type, e.key, x.priority, 'claimed', 1 + x.epoch, p_plan ->> 'owner',
		e.slot_no, v_at + make_interval(secs => (y.type ->> 'dispatch_lease_seconds')::double precision), v_at,
		y.type ->> 'deployment', y.type ->> 'endpoint_url', y.type ->> 'callback_url',
		case when jsonb_array_length(v_models) > 0 then v_models -> ((e.n - 1)::integer % jsonb_array_length(v_models)) end,
		greatest(x.limit_seconds, case when x.any_of_type then (y.type ->> 'limit_seconds')::integer end), x.task_ids, v_at
	from unnest(v_ids, p_slots, p_type, p_key) with ordinality e(id, slot_no, type, key, n)
	join (
		select p.execution, max(t.priority) as priority, max(t.epoch) as epoch, array_agg(t.id order by p.n) as task_ids,
			max((t.overrides ->> 'limitSeconds')::integer) as limit_seconds, bool_or(t.overrides ->> 'limitSeconds' is null) as any_of_type
		from unnest(p_tasks, p_execution) with ordinality p(id, execution, n) join tasks t on t.id = p.id group by 1
	) x on x.execution = e.n
	cross join lateral (select p_types -> e.type as type) y
	order by e.n;

	update execution_slots s set execution_id = e.id, workflow_type = e.type, fair_key = e.key
	from unnest(v_ids, p_slots, p_type, p_key) e(id, slot_no, type, key) where s.slot_no = e.slot_no;
	update tasks t set state = 'claimed', execution_id = e.id, epoch = e.epoch, last_claimed_at = v_at,
		first_claimed_at = coalesce(t.first_claimed_at, v_at)
	from unnest(p_tasks, p_execution) p(id, execution) join workflow_orchestration e on e.id = v_ids[p.execution]
	where t.id = p.id and t.state || '' = 'queued'; -- by the primary key: see claim
	return v_ids;
end $$;
