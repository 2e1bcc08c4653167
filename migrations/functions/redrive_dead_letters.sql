-- Caller: deadLetters.redrive; an operator in psql:
-- select orchestrator.redrive_dead_letters('{"causes": ["…"]}', '{"actor": "me", "ratePerMinute": 10, "dryRun": true}');
-- Promise: open letters that match go back to their queue: attempts 0, epoch kept (a callback of an earlier life is stale),
-- the oldest death due at once and each further one 60 / ratePerMinute seconds later.
-- Guard: READ COMMITTED; locks the tasks by id (skips those that others hold), then re-reads the letters: of two redrives
-- at once each task is in one. Answer: RedriveAnswer of core/task/dead-letter.ts.
create or replace function orchestrator.redrive_dead_letters(p_filter jsonb, p_options jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_options ->> 'actor');
	v_filter constant jsonb := p_filter || '{"status": "open"}';
	v_rate constant numeric := p_options ->> 'ratePerMinute';
	v_now constant timestamptz := clock_timestamp();
	v_matching integer;
	v_ids bigint[];
	v_due timestamptz;
begin
	perform assert_read_committed();
	if v_rate <= 0 then raise exception 'ratePerMinute must be above 0, got %', v_rate using errcode = 'OR005'; end if;
	select count(*) into v_matching from find_dead_letters(v_filter);
	v_ids := array(select task_id from find_dead_letters(v_filter, limit_of(p_options -> 'limit', 1000, 10000)));
	if not coalesce((p_options ->> 'dryRun')::boolean, false) then
		with mine as materialized (
			select id from tasks where id = any (v_ids) and state = 'dead' order by id for update skip locked
		)
		select coalesce(array_agg(id), '{}') into v_ids from mine;
		with won as (
			update dead_letters set status = 'redriven', recovery_action = 'redrive', redrives = redrives + 1,
				redriven_at = v_now, redriven_by = v_actor
			where task_id = any (v_ids) and status = 'open' returning task_id
		)
		select coalesce(array_agg(task_id), '{}') into v_ids from won;
		perform set_actor('redrive:' || v_actor, jsonb_build_object('filter', p_filter));
	end if;
	v_ids := array(select d.task_id from dead_letters d where d.task_id = any (v_ids) order by d.died_at, d.task_id);
	v_due := v_now + make_interval(secs => coalesce((cardinality(v_ids) - 1) * 60 / v_rate, 0)::double precision);
	if not coalesce((p_options ->> 'dryRun')::boolean, false) then
		update tasks t set state = 'scheduled', attempts = 0, delivery_failures = 0, not_before = d.due_at, eligible_at = d.due_at,
			finished_at = null,
			-- At least the time to wait that it had at first; null = no deadline.
			expires_at = d.due_at + (t.expires_at - t.created_at)
		from (select id, v_now + make_interval(secs => coalesce((n - 1) * 60 / v_rate, 0)::double precision) as due_at
			from unnest(v_ids) with ordinality u(id, n)) d
		where t.id = d.id;
		perform wake_up();
	end if;
	return jsonb_build_object('matching', v_matching, 'taskIds', v_ids::text[], 'lastDueAt', case when v_ids <> '{}' then v_due end);
end $$;
