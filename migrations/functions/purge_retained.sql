-- Caller: recover_expired in small bites; `master-orchestrator archive`; an operator in psql.
-- Promise (S18): forgets the idempotency keys and the receipts of what was archived and ended more than p_keep ago, but never
-- sooner than 30 days after the end nor than 30 days after the dead letter could last be redriven. Looks at p_limit tasks at most.
-- Guard: one at a time, the others find nothing to do. A key that was given to another task since stays.
-- Answer: {keys, receipts, more}.
-- Example: select orchestrator.purge_retained(p_limit => 500, p_keep => interval '180 days');
create or replace function orchestrator.purge_retained(p_limit integer default 1000, p_keep interval default interval '90 days') returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set lock_timeout = '100ms' as $$
declare
	v_cursor archive_cursors;
	v_keep constant interval := greatest(p_keep, interval '30 days',
		(select make_interval(days => 30 + max(dead_letter_days)) from workflow_types));
	-- A variable: the volatile clock in the condition would read the whole index [250 ms at 200,000 tasks].
	v_before constant timestamptz := clock_timestamp() - v_keep;
	v_limit constant integer := least(greatest(p_limit, 1), 1000);
	v_ids bigint[];
	v_keys integer;
	v_receipts integer;
begin
	perform assert_read_committed();
	select * into v_cursor from archive_cursors where pass = 'retention' for update skip locked;
	if v_cursor.pass is null then return jsonb_build_object('keys', 0, 'receipts', 0, 'more', false); end if;
	with ended as materialized (
		select x.finished_at, x.id from workflow_types y
		cross join unnest(array['succeeded', 'dead', 'cancelled']::task_state[]) s(state)
		cross join lateral (
			select t.finished_at, t.id from archived_tasks t
			where t.workflow_type = y.workflow_type and t.state = s.state and t.finished_at < v_before
				and (t.finished_at, t.id) > (v_cursor.after_finished_at, coalesce(nullif(v_cursor.after_id, '')::bigint, 0))
			order by t.finished_at, t.id limit v_limit) x
		order by 1, 2 limit v_limit
	)
	select coalesce(array_agg(id order by finished_at, id), '{}'), max(finished_at) into v_ids, v_cursor.after_finished_at from ended;
	if v_ids = '{}' then return jsonb_build_object('keys', 0, 'receipts', 0, 'more', false); end if;

	delete from idempotency_keys k using archived_tasks t
	where t.id = any (v_ids) and k.workflow_type = t.workflow_type collate "C" and k.idempotency_key = t.idempotency_key collate "C" and k.task_id = t.id;
	get diagnostics v_keys = row_count;
	delete from callback_receipts r
	where r.execution_id = any (array(
		select distinct l.execution_id from archived_transitions l where l.entity = 'task' and l.task_id = any (v_ids) and l.execution_id is not null))
		and r.received_at < v_before;
	get diagnostics v_receipts = row_count;
	update archive_cursors set after_finished_at = v_cursor.after_finished_at, after_id = v_ids[cardinality(v_ids)]::text where pass = 'retention';
	return jsonb_build_object('keys', v_keys, 'receipts', v_receipts, 'more', cardinality(v_ids) = v_limit);
end $$;
