-- Caller: settle_execution, settle_executions: with the executions locked and the receipts written.
-- Guard: an item counts once, and only for a task that its execution still holds in that epoch: a task changes under the
-- lock of its execution, and an execution that has ended holds none. Legal from claimed, accepted, started.
-- Answer: [{outcome, settledTasks}] in the order given; null for null.
create or replace function orchestrator.apply_callbacks(p_settlements jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	-- The items, each with the number of its settlement.
	i_n bigint[]; i_task bigint[]; i_execution uuid[]; i_epoch integer[]; i_item jsonb[];
	v_settled bigint[];
	v_by bigint[];        -- the number of the settlement that settled it
	v_followed bigint[];  -- succeeded tasks that name successors, and the execution of each
	v_parents uuid[];
	v_failed record;
	v_answers jsonb;
begin
	select array_agg(s.n), array_agg((i ->> 'task_id')::bigint), array_agg((s.settlement #>> '{callback,execution_id}')::uuid),
		array_agg((s.settlement #>> '{callback,epoch}')::integer), array_agg(i)
	into i_n, i_task, i_execution, i_epoch, i_item
	from jsonb_array_elements(p_settlements) with ordinality s(settlement, n)
	cross join jsonb_array_elements(s.settlement #> '{callback,items}') i;

	with firsts as materialized (
		select distinct on (task, execution, epoch) * from unnest(i_n, i_task, i_execution, i_epoch, i_item) i(n, task, execution, epoch, item)
		order by task, execution, epoch, n
	), succeeded as (
		update tasks t set state = 'succeeded', execution_id = null, result = i.item -> 'result', error = null, finished_at = clock_timestamp()
		from firsts i
		where i.item ->> 'outcome' = 'succeeded' and t.id = i.task and t.execution_id = i.execution and t.epoch = i.epoch
			and t.state in ('claimed', 'running')
		returning t.id, i.n, i.execution, t.successors is not null as followed
	)
	select coalesce(array_agg(id), '{}'), coalesce(array_agg(n), '{}'), array_agg(id) filter (where followed), array_agg(execution) filter (where followed)
	into v_settled, v_by, v_followed, v_parents from succeeded;
	if v_followed is not null then
		perform enqueue_successors(t, f.execution) from unnest(v_followed, v_parents) f(id, execution) join tasks t using (id) order by t.id;
	end if;
	for v_failed in
		select * from unnest(i_n, i_task, i_execution, i_epoch, i_item) i(n, task, execution, epoch, item)
		where item ->> 'outcome' = 'failed' order by task, n
	loop
		if fail_task(v_failed.task, v_failed.execution, v_failed.epoch, v_failed.item -> 'error', v_failed.item -> 'retry') is not null then
			v_settled := v_settled || v_failed.task;
			v_by := v_by || v_failed.n;
		end if;
	end loop;

	-- Each execution by its key, and only where its state decides: a join reads every execution that there ever was.
	select jsonb_agg(jsonb_build_object('settledTasks', d.tasks, 'outcome', case when d.tasks <> '[]' then 'applied' else coalesce((
			select case when e.epoch <> (s.settlement #>> '{callback,epoch}')::integer or e.status in ('expired', 'cancelled') then 'stale' else 'duplicate' end
			from workflow_orchestration e where e.id = (s.settlement #>> '{callback,execution_id}')::uuid and e.kind = 'dispatch'), 'stale') end) order by s.n)
	into v_answers
	from jsonb_array_elements(p_settlements) with ordinality s(settlement, n)
	cross join lateral (
		select coalesce(jsonb_agg(b.task::text order by b.task), '[]') as tasks from unnest(v_settled, v_by) b(task, n) where b.n = s.n) d;
	perform finish_executions(array(
		select e.id from workflow_orchestration e where e.id = any (i_execution) and e.status in ('claimed', 'accepted', 'started')
			and not exists (select 1 from tasks t where t.id = any (e.task_ids) and t.execution_id = e.id)
		order by e.id), 'reported', null);

	perform record_resource_usage(i.execution, i.task, i.epoch, u, v_answers -> (i.n - 1)::integer ->> 'outcome' <> 'applied')
	from unnest(i_n, i_task, i_execution, i_epoch, i_item) i(n, task, execution, epoch, item)
	cross join jsonb_array_elements(coalesce(i.item -> 'usage', '[]')) u;
	if not v_answers @> '[{"outcome": "stale"}]' and not v_answers @> '[{"outcome": "duplicate"}]' then return v_answers; end if;
	-- A late report is the end of a zombie (S10).
	update workflow_orchestration e set n8n_ended_at = clock_timestamp()
	from jsonb_array_elements(v_answers) with ordinality a(answer, n)
	where a.answer ->> 'outcome' = 'stale' and e.id = (p_settlements #>> array[(a.n - 1)::text, 'callback', 'execution_id'])::uuid
		and e.status in ('expired', 'cancelled') and e.n8n_ended_at is null;
	update callback_receipts r set outcome = a.answer ->> 'outcome'
	from jsonb_array_elements(v_answers) with ordinality a(answer, n)
	where r.webhook_id = p_settlements -> (a.n - 1)::integer ->> 'webhookId' and a.answer ->> 'outcome' <> 'applied';
	return v_answers;
end $$;
