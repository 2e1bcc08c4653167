-- Caller: abandon_execution, recover_expired: with the execution locked. Fails every item without an outcome.
-- Guard: that of fail_task. Answer: how many became scheduled and how many dead.
create or replace function orchestrator.fail_unsettled(
	p_execution_id uuid, p_epoch integer, p_error jsonb, out requeued integer, out dead integer
)
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_task bigint;
	v_end text;
begin
	requeued := 0;
	dead := 0;
	perform 1 from tasks where execution_id = p_execution_id and epoch = p_epoch order by id for update;
	for v_task in select i.task_id from execution_items i where i.execution_id = p_execution_id and i.settled_at is null order by i.task_id loop
		v_end := fail_task(v_task, p_execution_id, p_epoch, p_error, null);
		update execution_items set outcome = 'expired', settled_at = clock_timestamp()
		where execution_id = p_execution_id and task_id = v_task;
		requeued := requeued + (v_end is not distinct from 'scheduled')::integer;
		dead := dead + (v_end is not distinct from 'dead')::integer;
	end loop;
end $$;
