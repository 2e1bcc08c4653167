-- Caller: enqueue_tasks: one element a task; keyed = false: a key that nobody else has, and that is not kept.
-- Guard: the key's row decides. Keys are taken in one order, so that two batches with the same keys wait for each other
-- instead of deadlocking.
-- Answer: in the order given, whether the key is this task's. False = an earlier task has it, or one earlier in this batch.
-- Null = all of them are.
create or replace function orchestrator.take_keys(t_id bigint[], t_type text[], t_key text[], t_keyed boolean[]) returns boolean[]
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_won bigint[];
begin
	begin
		-- Most keys are new. An insert that is ready for a conflict writes each row twice, a look beforehand costs as much again.
		insert into idempotency_keys (workflow_type, idempotency_key, task_id)
		select type, key, id from unnest(t_id, t_type collate "C", t_key collate "C", t_keyed) t(id, type, key, keyed)
		where keyed order by type, key;
		return null;
	exception when unique_violation then
		with won as (
			insert into idempotency_keys (workflow_type, idempotency_key, task_id)
			select distinct on (type, key) type, key, id
			from unnest(t_id, t_type collate "C", t_key collate "C", t_keyed) t(id, type, key, keyed)
			where keyed order by type, key, id
			on conflict do nothing returning task_id
		)
		select array_agg(task_id) into v_won from won;
	end;
	return array(
		select not t.keyed or w.id is not null from unnest(t_id, t_keyed) with ordinality t(id, keyed, n)
		left join unnest(v_won) w(id) using (id) order by t.n);
end $$;
