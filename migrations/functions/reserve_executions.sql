-- Caller: claim, which holds the locks of the slots and of every task. Per execution an element of each array; per task its id
-- and the number of its execution. Epoch = 1 + the highest of its tasks, so it never goes back (S2); the time limit is the longest of
-- its tasks: that which a task asks for, else its type's.
-- Guard: none of its own. Promise: ClaimedExecution of core/queue/claim.ts as jsonb, in the order of p_ids, items as they were won.
create or replace function orchestrator.reserve_executions(
	p_plan jsonb, p_types jsonb, p_ids uuid[], p_slots smallint[], p_type text[], p_key text[], p_priority integer[], p_epoch integer[],
	p_limit integer[], p_items jsonb[], p_tasks bigint[], p_execution integer[]
) returns setof jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at constant timestamptz := clock_timestamp();
	v_models constant jsonb := coalesce(p_plan -> 'models', '[]');
begin
	return query
	with reserved as (
		insert into workflow_orchestration (id, kind, parent_execution_id, workflow_type, fair_key, priority, status, epoch, owner,
			slot_no, lease_until, last_at, deployment, endpoint_url, callback_url, model, limit_seconds, task_ids, created_at)
		select e.id, 'dispatch', nullif(p_plan ->> 'runId', '')::uuid, e.type, e.key, e.priority, 'claimed', e.epoch, p_plan ->> 'owner',
			e.slot_no, v_at + make_interval(secs => (y.type ->> 'dispatch_lease_seconds')::double precision), v_at,
			y.type ->> 'deployment', y.type ->> 'endpoint_url', y.type ->> 'callback_url',
			case when jsonb_array_length(v_models) > 0 then v_models -> ((e.n - 1)::integer % jsonb_array_length(v_models)) end,
			e.limit_seconds, t.ids, v_at
		from unnest(p_ids, p_slots, p_type, p_key, p_priority, p_epoch, p_limit)
			with ordinality e(id, slot_no, type, key, priority, epoch, limit_seconds, n)
		join (
			select p.execution, array_agg(p.id order by p.n) as ids
			from unnest(p_tasks, p_execution) with ordinality p(id, execution, n) group by 1
		) t on t.execution = e.n
		cross join lateral (select p_types -> e.type as type) y
		order by e.n
		returning *
	)
	select jsonb_build_object(
		'executionId', e.id, 'epoch', e.epoch, 'workflowType', e.workflow_type, 'priority', e.priority,
		'parentExecutionId', e.parent_execution_id, 'leaseUntil', e.lease_until, 'limitSeconds', e.limit_seconds,
		'endpointUrl', e.endpoint_url, 'callbackUrl', e.callback_url, 'model', e.model, 'items', p_items[n])
	from reserved e cross join lateral array_position(p_ids, e.id) n order by n;

	update execution_slots s set execution_id = e.id, workflow_type = e.type, fair_key = e.key
	from unnest(p_ids, p_slots, p_type, p_key) e(id, slot_no, type, key) where s.slot_no = e.slot_no;
	update tasks t set state = 'claimed', execution_id = p_ids[p.execution], epoch = p_epoch[p.execution], last_claimed_at = v_at,
		first_claimed_at = coalesce(t.first_claimed_at, v_at)
	from unnest(p_tasks, p_execution) p(id, execution)
	where t.id = p.id and t.state || '' = 'queued'; -- by the primary key: see claim
end $$;
