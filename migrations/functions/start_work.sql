-- Caller: executions.start, the pre-flight just before the work. p_n8n_instance: the n8n that runs it; null = not known.
-- Guard: from accepted, same epoch, lease and deadline in force: once. The same n8n execution may ask again.
-- Answer: lease and deadline. No row = taken away, or another n8n execution started it: do nothing.
create or replace function orchestrator.start_work(p_id uuid, p_epoch integer, p_n8n_instance text, p_n8n_execution_id text)
returns table (lease_until timestamptz, deadline_at timestamptz)
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
	v_row workflow_orchestration;
	v_at timestamptz;
	v_lease timestamptz;
begin
	perform assert_read_committed();
	v_row := lock_execution(p_id);
	if v_row.id is null or v_row.epoch <> p_epoch or v_row.status not in ('accepted', 'started') then return; end if;
	v_at := greatest(v_row.last_at, clock_timestamp());
	if v_row.lease_until <= v_at then return; end if;
	if v_row.status = 'started' and (v_row.n8n_execution_id <> p_n8n_execution_id or v_row.n8n_instance <> p_n8n_instance) then return; end if;
	v_lease := work_lease(v_row.workflow_type, v_at, v_row.deadline_at);
	perform set_actor('start:' || p_n8n_execution_id);
	update workflow_orchestration set status = 'started', started_at = coalesce(started_at, v_at), last_at = v_at,
		n8n_instance = coalesce(nullif(p_n8n_instance, ''), n8n_instance), n8n_execution_id = p_n8n_execution_id, lease_until = v_lease
	where id = p_id and epoch = p_epoch and status in ('accepted', 'started');
	update tasks set state = 'running'
	where id = any (v_row.task_ids) and execution_id = p_id and epoch = p_epoch and state = 'claimed';
	return query select v_lease, v_row.deadline_at;
end $$;
