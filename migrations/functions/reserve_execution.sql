-- Caller: claim, which holds the locks of the slot and of every task.
-- Guard: none of its own. Answer: the new execution's id. Epoch = 1 + the highest of its tasks, so it never goes back (S2).
create or replace function orchestrator.reserve_execution(
	p_plan jsonb, p_type jsonb, p_fair_key text, p_slot smallint, p_ids bigint[], p_made integer
) returns uuid
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at constant timestamptz := clock_timestamp();
	v_models constant jsonb := coalesce(p_plan -> 'models', '[]');
	v_id uuid;
	v_epoch integer;
begin
	insert into workflow_orchestration (kind, parent_execution_id, workflow_type, fair_key, priority, status, epoch, owner,
		slot_no, lease_until, last_at, deployment, endpoint_url, callback_url, model, limit_seconds, created_at)
	select 'dispatch', nullif(p_plan ->> 'runId', '')::uuid, p_type ->> 'workflow_type', p_fair_key, max(t.priority), 'claimed',
		1 + max(t.epoch), p_plan ->> 'owner', p_slot,
		v_at + make_interval(secs => (p_type ->> 'dispatch_lease_seconds')::double precision), v_at,
		p_type ->> 'deployment', p_type ->> 'endpoint_url', p_type ->> 'callback_url',
		case when jsonb_array_length(v_models) > 0 then v_models -> (p_made % jsonb_array_length(v_models)) end,
		(p_type ->> 'limit_seconds')::integer, v_at
	from tasks t where t.id = any (p_ids)
	returning id, epoch into v_id, v_epoch;

	update execution_slots set execution_id = v_id where slot_no = p_slot;
	insert into execution_items (execution_id, task_id, attempt)
	select v_id, t.id, t.attempts + 1 from tasks t where t.id = any (p_ids);
	update tasks set state = 'claimed', execution_id = v_id, epoch = v_epoch, last_claimed_at = v_at,
		first_claimed_at = coalesce(first_claimed_at, v_at)
	where id = any (p_ids) and state = 'queued';
	return v_id;
end $$;
