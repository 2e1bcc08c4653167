-- Caller: deadLetters.discard; an operator in psql. Promise: open letters that match are given up; their tasks stay dead.
-- Guard: READ COMMITTED; locks the tasks by id (skips those that others hold), then re-reads the letters, as redrive does.
-- Answer: DiscardAnswer of core/task/dead-letter.ts.
create or replace function orchestrator.discard_dead_letters(p_filter jsonb, p_options jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_options ->> 'actor');
	v_filter constant jsonb := p_filter || '{"status": "open"}';
	v_matching integer;
	v_ids bigint[];
begin
	perform assert_read_committed();
	select count(*) into v_matching from find_dead_letters(v_filter);
	v_ids := array(select task_id from find_dead_letters(v_filter, limit_of(p_options -> 'limit', 1000, 10000)));
	if not coalesce((p_options ->> 'dryRun')::boolean, false) then
		with mine as materialized (
			select id from tasks where id = any (v_ids) and state = 'dead' order by id for update skip locked
		)
		select coalesce(array_agg(id), '{}') into v_ids from mine;
		perform set_actor('discard:' || v_actor, jsonb_build_object('filter', p_filter));
		with won as (
			update dead_letters set status = 'discarded', recovery_action = 'discard', discarded_at = clock_timestamp(), discarded_by = v_actor
			where task_id = any (v_ids) and status = 'open' returning task_id
		)
		select coalesce(array_agg(task_id order by task_id), '{}') into v_ids from won;
	end if;
	return jsonb_build_object('matching', v_matching, 'taskIds', v_ids::text[]);
end $$;
