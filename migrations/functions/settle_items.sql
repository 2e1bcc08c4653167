-- Caller: settle_execution, with the execution locked: its tasks change only under that lock. Successors follow at once.
-- Guard: an item counts once, and only for a task that this execution still holds.
-- Answer: the ids settled now; empty = all had been settled, or are not of this execution.
create or replace function orchestrator.settle_items(p_execution_id uuid, p_epoch integer, p_items jsonb) returns bigint[]
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_settled bigint[];
	v_followed bigint[];
	v_item jsonb;
begin
	with succeeded as (
		update tasks t set state = 'succeeded', execution_id = null, result = i.result, error = null, finished_at = clock_timestamp()
		from (select distinct on (1) (i ->> 'task_id')::bigint as task_id, i ->> 'outcome' as outcome, i -> 'result' as result
			from jsonb_array_elements(p_items) with ordinality x(i, n) order by 1, n) i
		where t.id = i.task_id and i.outcome = 'succeeded'
			and t.execution_id = p_execution_id and t.epoch = p_epoch and t.state in ('claimed', 'running')
		returning t.id, t.successors is not null as followed
	)
	select coalesce(array_agg(id order by id), '{}'), array_agg(id) filter (where followed) into v_settled, v_followed from succeeded;
	if v_followed is not null then
		perform enqueue_successors(t, p_execution_id) from (select * from tasks where id = any (v_followed) order by id) t;
	end if;
	for v_item in select i from jsonb_array_elements(p_items) i where i ->> 'outcome' = 'failed' order by (i ->> 'task_id')::bigint loop
		if fail_task((v_item ->> 'task_id')::bigint, p_execution_id, p_epoch, v_item -> 'error', v_item -> 'retry') is not null then
			v_settled := v_settled || (v_item ->> 'task_id')::bigint;
		end if;
	end loop;
	return v_settled;
end $$;
