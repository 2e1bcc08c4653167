-- Caller: recover_expired for one candidate.
-- Guard: locks without waiting and re-checks: active and lease run out. Answer: counts; null, null = not expired any more, or busy.
create or replace function orchestrator.expire_execution(p_id uuid, out requeued integer, out dead integer)
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_row workflow_orchestration;
	v_error jsonb;
begin
	perform 1 from execution_slots where execution_id = p_id for update skip locked;
	if not found then return; end if;
	select * into v_row from workflow_orchestration where id = p_id and kind = 'dispatch' for update skip locked;
	if v_row.id is null or v_row.status not in ('claimed', 'accepted', 'started')
		or v_row.lease_until > greatest(v_row.last_at, clock_timestamp()) then return; end if;
	v_error := jsonb_build_object('code', 'LEASE_EXPIRED', 'message', format(
		'The lease of execution %s ran out while %s (n8n execution %s).', p_id, v_row.status, coalesce(v_row.n8n_execution_id, 'unknown')));
	perform set_actor('recover', jsonb_build_object('reason', 'lease_expired'));
	select f.requeued, f.dead into requeued, dead from fail_unsettled(v_row, v_error) f;
	perform record_execution_failure(v_row, v_error, 'retry', jsonb_build_object('requeued', requeued, 'dead', dead));
	perform finish_executions(array[p_id], 'expired', v_error);
end $$;
