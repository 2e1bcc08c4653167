-- Caller: recover_expired in small bites; `master-orchestrator archive`; an operator in psql. Any number at once: of one kind of
-- pass there is one, the others find nothing to do.
-- Promise (S18): moves whole trees (tree_of) whose members have all ended more than p_older_than ago into the archive, at most
-- p_limit rows (1,000) in this transaction. A tree with more rows than that is moved over several calls, children first. One that lives or
-- that somebody else has locked is passed by until the next pass; one that raises as well, with an open anomaly recovery_failed; one of
-- more than 2,000 members is judged by the nearest 2,000.
-- Guard: OR005 when p_older_than is under a day. Waits for no row, and for nothing else longer than 100 ms.
-- Answer: {tasks, executions, transitions, failures, more}; more = false: the passes came to their end and found nothing to move.
-- Example: select orchestrator.archive_history(p_limit => 500, p_older_than => interval '60 days');
create or replace function orchestrator.archive_history(p_limit integer default 1000, p_older_than interval default interval '30 days') returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set lock_timeout = '100ms' as $$
declare
	-- Trees that one call looks at: bounds its time when all of them live on.
	c_looks constant integer := greatest(10, least(p_limit, 1000) / 20);
	c_members constant integer := 2000;
	v_before constant timestamptz := clock_timestamp() - p_older_than;
	v_cursor archive_cursors;
	v_seed record;
	v_tree record;
	v_moved record;
	v_room integer := least(greatest(p_limit, 1), 1000);
	v_found integer;
	v_sum integer[] := array[0, 0, 0, 0];
	v_more boolean := false;
begin
	perform assert_read_committed();
	if p_older_than < interval '1 day' then
		raise exception 'only what ended at least a day ago is archived, got %', p_older_than
			using errcode = 'OR005', hint = 'Give an interval of a day or longer, for example interval ''30 days''.';
	end if;
	for v_cursor in select * from archive_cursors where pass in ('tasks', 'executions') order by pass desc for update skip locked loop
		v_found := 0;
		for v_seed in select * from oldest_ended(v_cursor.pass, v_before, v_cursor.after_finished_at, v_cursor.after_id, c_looks) loop
			exit when v_room <= 0;
			v_found := v_found + 1;
			begin
				select * into v_tree from tree_of(
					case v_cursor.pass when 'tasks' then v_seed.id::bigint end, case v_cursor.pass when 'executions' then v_seed.id::uuid end, c_members);
				if lock_ended_tree(v_tree.task_ids, v_tree.execution_ids, v_before) then
					select * into v_moved from move_to_archive(v_tree.task_ids, v_tree.execution_ids, v_room);
					v_room := v_room - v_moved.transitions - v_moved.failures - v_moved.tasks - v_moved.executions;
					v_sum := array[v_sum[1] + v_moved.tasks, v_sum[2] + v_moved.executions, v_sum[3] + v_moved.transitions, v_sum[4] + v_moved.failures];
					-- What is archived later than its time is not missed by the retention of its keys.
					update archive_cursors set after_finished_at = v_seed.finished_at, after_id = ''
					where pass = 'retention' and after_finished_at >= v_seed.finished_at;
				end if;
			exception when others then
				if passes_by_itself(sqlstate) then raise; end if;
				perform record_recovery_failure('tree', v_seed.id, sqlstate, sqlerrm);
			end;
			-- Some of it may have found no room: the next call looks at this place again.
			exit when v_room <= 0;
			v_cursor.after_finished_at := v_seed.finished_at;
			v_cursor.after_id := v_seed.id;
		end loop;
		v_more := v_more or v_room <= 0 or v_found = c_looks;
		if v_room > 0 and v_found < c_looks then
			v_cursor.after_finished_at := '-infinity';
			v_cursor.after_id := '';
		end if;
		update archive_cursors c set after_finished_at = v_cursor.after_finished_at, after_id = v_cursor.after_id
		where c.pass = v_cursor.pass and (c.after_finished_at, c.after_id) is distinct from (v_cursor.after_finished_at, v_cursor.after_id);
		exit when v_room <= 0;
	end loop;
	return jsonb_build_object('tasks', v_sum[1], 'executions', v_sum[2], 'transitions', v_sum[3], 'failures', v_sum[4], 'more', v_more);
end $$;
