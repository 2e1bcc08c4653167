-- Caller: executions.abandon: the n8n execution ended without reporting these tasks.
-- Guard: active, same epoch. The lease is given up now instead of running out: the tasks fail, the execution is expired.
-- It is known to have ended in n8n, whatever its state here (S10).
-- Answer: how many tasks failed; 0 = it had ended before.
create or replace function orchestrator.abandon_execution(p_id uuid, p_epoch integer, p_error jsonb) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_row workflow_orchestration;
	v_failed record;
begin
	perform assert_read_committed();
	v_row := lock_execution(p_id);
	if v_row.epoch = p_epoch then update workflow_orchestration set n8n_ended_at = clock_timestamp() where id = p_id and n8n_ended_at is null; end if;
	if v_row.id is null or v_row.epoch <> p_epoch or v_row.status not in ('claimed', 'accepted', 'started') then return 0; end if;
	perform set_actor('abandon', jsonb_build_object('error', p_error));
	select * into v_failed from fail_unsettled(v_row, p_error);
	perform record_execution_failure(v_row, p_error, 'retry', to_jsonb(v_failed));
	perform finish_executions(array[p_id], 'expired', p_error);
	return v_failed.requeued + v_failed.dead;
end $$;
