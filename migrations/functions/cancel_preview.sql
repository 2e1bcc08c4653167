-- Caller: cancel_tasks of a dry run. Reads only. Answer: what cancel would answer now, by id.
create or replace function orchestrator.cancel_preview(p_ids bigint[]) returns table (answer jsonb)
language sql stable set search_path = orchestrator, pg_temp as $$
	select case
		when t.id is null then jsonb_build_object('taskId', u.id::text, 'outcome', 'unknown')
		when t.finished_at is not null then jsonb_build_object('taskId', u.id::text, 'outcome', 'already_ended', 'was', t.state)
		else jsonb_build_object('taskId', u.id::text, 'outcome', 'would_cancel', 'was', t.state, 'execution',
			case when e.id is not null then jsonb_build_object('executionId', e.id, 'epoch', e.epoch, 'n8nExecutionId', e.n8n_execution_id,
				'ended', not exists (select 1 from tasks o where o.id = any (e.task_ids) and o.execution_id = e.id and o.id <> all (p_ids))) end) end
	from unnest(p_ids) u(id) left join tasks t using (id) left join workflow_orchestration e on e.id = t.execution_id
	order by u.id;
$$;
