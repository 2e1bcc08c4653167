-- Caller: repair_anomaly. A receipt without an outcome would turn every repetition of its callback away as a duplicate.
-- Guard: still pending, locked without waiting. Answer: false = busy, or settled meanwhile.
create or replace function orchestrator.release_receipt(p_webhook_id text) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	with pending as materialized (
		select webhook_id from callback_receipts where webhook_id = p_webhook_id and outcome = 'pending' for update skip locked)
	delete from callback_receipts r using pending p where r.webhook_id = p.webhook_id;
	return found;
end $$;
