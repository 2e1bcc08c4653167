-- Caller: executions.settle with a verified callback envelope; one transaction from receipt to slot (S9).
-- Guard: the receipt's key (a concurrent duplicate waits for the first one's commit, at most 5 s, then 55P03), then the
-- locks of slot and execution; state and epoch are read after them. Legal from claimed, accepted, started.
-- Answer: applied with the tasks settled now | duplicate | stale (no state changed). Usage is recorded in any case but
-- that of an equal webhook id.
create or replace function orchestrator.settle_execution(p_callback jsonb, p_webhook_id text)
returns table (outcome text, settled_tasks text[])
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
#variable_conflict use_column
declare
	v_id constant uuid := (p_callback ->> 'execution_id')::uuid;
	v_epoch constant integer := (p_callback ->> 'epoch')::integer;
	v_row workflow_orchestration;
	v_settled bigint[] := '{}';
	v_outcome text := 'applied';
begin
	perform assert_read_committed();
	perform set_config('lock_timeout', '5s', true);
	insert into callback_receipts (webhook_id, execution_id, epoch, outcome)
	values (p_webhook_id, v_id, v_epoch, v_outcome) on conflict do nothing;
	if not found then
		return query select 'duplicate'::text, '{}'::text[];
		return;
	end if;

	v_row := lock_execution(v_id);
	if v_row.id is null or v_row.epoch <> v_epoch or v_row.status in ('expired', 'cancelled') then
		v_outcome := 'stale';
	elsif v_row.status = 'reported' then
		v_outcome := 'duplicate';
	else
		perform set_actor('settle', jsonb_build_object('n8n_execution_id', p_callback -> 'n8n_execution_id'));
		v_settled := settle_items(v_id, v_epoch, p_callback -> 'items');
		if v_settled = '{}' then v_outcome := 'duplicate'; end if;
		perform finish_when_settled(v_row);
	end if;

	perform record_resource_usage(v_id, (i ->> 'task_id')::bigint, v_epoch, u, v_outcome <> 'applied')
	from jsonb_array_elements(p_callback -> 'items') i cross join jsonb_array_elements(coalesce(i -> 'usage', '[]')) u;
	if v_outcome <> 'applied' then
		update callback_receipts set outcome = v_outcome where webhook_id = p_webhook_id;
	end if;
	return query select v_outcome, v_settled::text[];
end $$;
