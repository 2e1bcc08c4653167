-- Caller: executions.settle: what one process received at the same time, [{webhookId, callback}], in one transaction.
-- Guard: the executions, in the order of their ids, so that two calls never wait for each other in a circle. One whose row
-- another transaction has, or whose webhook id is known, is not waited for: that would hold up everybody else of this call.
-- Answer: for each, in the order given, {outcome, settledTasks}, or null = ask alone, with settle_execution.
create or replace function orchestrator.settle_executions(p_settlements jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_answers jsonb[] := array_fill(null::jsonb, array[jsonb_array_length(p_settlements)]);
	v_locked uuid[];
	v_next record;
begin
	perform assert_read_committed();
	with slots as materialized (
		select execution_id from execution_slots
		where execution_id = any (array(select (s #>> '{callback,execution_id}')::uuid from jsonb_array_elements(p_settlements) s))
		order by slot_no for update skip locked
	)
	select array_agg(e.id) into v_locked from (
		select e.id from workflow_orchestration e where e.id in (select execution_id from slots)
		order by e.id for update of e skip locked) e;
	for v_next in
		select s.place, s.settlement from jsonb_array_elements(p_settlements) with ordinality s(settlement, place)
		where (s.settlement #>> '{callback,execution_id}')::uuid = any (v_locked)
			and not exists (select 1 from callback_receipts r where r.webhook_id = s.settlement ->> 'webhookId')
		order by s.settlement ->> 'webhookId', s.place
	loop
		v_answers[v_next.place] := (
			select jsonb_build_object('outcome', a.outcome, 'settledTasks', a.settled_tasks)
			from settle_execution(v_next.settlement -> 'callback', v_next.settlement ->> 'webhookId') a);
	end loop;
	return to_jsonb(v_answers);
end $$;
