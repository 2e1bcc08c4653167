-- Caller: executions.settle: what one process received at the same time, [{webhookId, callback}], in one transaction.
-- Guard: slots, then executions, each in the order of their keys, so that two calls never wait for each other in a circle.
-- One whose row another transaction has is not waited for: that would hold up everybody else of this call.
-- Answer: for each, in the order given, that of settle_execution, or null = ask alone, with settle_execution.
create or replace function orchestrator.settle_executions(p_settlements jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_locked uuid[];
	v_places bigint[];
	v_answers jsonb;
begin
	perform assert_read_committed();
	perform 1 from execution_slots
	where execution_id = any (array(select (s #>> '{callback,execution_id}')::uuid from jsonb_array_elements(p_settlements) s))
	order by slot_no for update skip locked;
	v_locked := array(
		select e.id from workflow_orchestration e
		where e.id = any (array(select (s #>> '{callback,execution_id}')::uuid from jsonb_array_elements(p_settlements) s))
			and e.status in ('claimed', 'accepted', 'started')
		order by e.id for update skip locked);
	with received as (
		insert into callback_receipts (webhook_id, execution_id, epoch, outcome)
		select distinct on (1) s ->> 'webhookId', (s #>> '{callback,execution_id}')::uuid, (s #>> '{callback,epoch}')::integer, 'applied'
		from jsonb_array_elements(p_settlements) s where (s #>> '{callback,execution_id}')::uuid = any (v_locked) order by 1
		on conflict do nothing returning webhook_id
	)
	select coalesce(array_agg(x.n order by x.n), '{}') into v_places from (
		select distinct on (r.webhook_id) s.n from received r
		join jsonb_array_elements(p_settlements) with ordinality s(settlement, n) on s.settlement ->> 'webhookId' = r.webhook_id
		order by r.webhook_id, s.n) x;
	perform set_actor('settle');
	v_answers := apply_callbacks((select jsonb_agg(p_settlements -> (n - 1)::integer order by n) from unnest(v_places) n));
	return (select jsonb_agg(v_answers -> (array_position(v_places, n) - 1) order by n)
		from generate_series(1, jsonb_array_length(p_settlements)) n);
end $$;
