-- Caller: abandon_execution, expire_execution: with the execution locked. Fails every task that it still holds.
-- Guard: that of fail_task. Answer: how many became scheduled and how many dead.
create or replace function orchestrator.fail_unsettled(
	p_execution orchestrator.workflow_orchestration, p_error jsonb, out requeued integer, out dead integer
)
language sql volatile set search_path = orchestrator, pg_temp as $$
	select count(*) filter (where f.ending = 'scheduled'), count(*) filter (where f.ending = 'dead')
	from (select fail_task(id, p_execution.id, p_execution.epoch, p_error, null) as ending
		from unnest(p_execution.task_ids) id) f;
$$;
