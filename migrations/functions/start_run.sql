-- Caller: runs.begin. A heartbeat brings the slot it won; a wake-up has none; a manual run has a key of its own.
-- p_n8n_instance and p_n8n_execution_id: what runs it; null = not known.
-- Guard: OR006 when that slot is not held by this epoch any more. Leases of runs: 300 s, renewed by each transition.
-- Answer: the run's id; it is ANALYZING, with IDLE before it in the log.
create or replace function orchestrator.start_run(
	p_kind text, p_owner text, p_slot_key text, p_slot_epoch integer, p_n8n_instance text, p_n8n_execution_id text, p_context jsonb
) returns uuid
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_id constant uuid := gen_random_uuid();
	v_at timestamptz := clock_timestamp();
begin
	perform assert_read_committed();
	perform set_actor('run:' || p_owner, p_context);
	if p_kind = 'heartbeat' then
		perform 1 from heartbeats where slot_key = p_slot_key and epoch = p_slot_epoch and finished_at is null for update;
		if not found then
			raise exception 'heartbeat slot % is no longer held with epoch %', coalesce(p_slot_key, '(none)'), coalesce(p_slot_epoch::text, '(none)')
				using errcode = 'OR006';
		end if;
	end if;
	v_at := clock_timestamp();
	insert into workflow_orchestration (id, kind, run_kind, owner, status, lease_until, last_at, slot_key, slot_epoch, n8n_instance, n8n_execution_id,
		context)
	values (v_id, 'run', p_kind, p_owner, 'IDLE', v_at + interval '300 seconds', v_at,
		case p_kind when 'heartbeat' then p_slot_key when 'manual' then 'manual:' || v_id end,
		case p_kind when 'heartbeat' then p_slot_epoch when 'manual' then 1 end, nullif(p_n8n_instance, ''), p_n8n_execution_id,
		redact(p_context));
	if p_kind = 'heartbeat' then update heartbeats set run_id = v_id where slot_key = p_slot_key; end if;
	perform update_execution_status(v_id, 'ANALYZING', p_context);
	return v_id;
end $$;
