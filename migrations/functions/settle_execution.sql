-- Caller: executions.settle with a verified callback envelope; one transaction from receipt to slot (S9).
-- Guard: the locks of slot and execution, then the receipt's key: a concurrent duplicate waits for the first one's commit,
-- at most 5 s, then 55P03.
-- Answer: {outcome, settledTasks}: applied with the tasks settled now | duplicate | stale (no state changed). Usage is
-- recorded in any case but that of an equal webhook id.
create or replace function orchestrator.settle_execution(p_callback jsonb, p_webhook_id text) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
	perform assert_read_committed();
	perform set_config('lock_timeout', '5s', true);
	perform lock_execution((p_callback ->> 'execution_id')::uuid);
	insert into callback_receipts (webhook_id, execution_id, epoch, outcome)
	values (p_webhook_id, (p_callback ->> 'execution_id')::uuid, (p_callback ->> 'epoch')::integer, 'applied') on conflict do nothing;
	if not found then return '{"outcome": "duplicate", "settledTasks": []}'; end if;
	perform set_actor('settle', jsonb_build_object('n8n_execution_id', p_callback -> 'n8n_execution_id'));
	return apply_callbacks(jsonb_build_array(jsonb_build_object('webhookId', p_webhook_id, 'callback', p_callback))) -> 0;
end $$;
