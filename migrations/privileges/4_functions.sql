-- THE list: who may call which function. One line each, in the order of the alphabet; no line = nobody but the owner, and
-- a test fails that names it.
--   worker     members of orchestrator_worker: everything that nodes, command line and library call
--   reader     members of orchestrator_reader: reads only, and nothing of what tasks carry (input, result, context, error)
--   admin      members of orchestrator_admin; they may also call all that worker and reader may
--   pure       with one of these: computes from its arguments alone; stays as it is, so that Postgres can inline it
--   trigger    nobody calls it; it writes what the one who fires it may not
--   internal   called by functions of ours only, with their rights
-- What is called from outside (or by a trigger) runs as the owner: SECURITY DEFINER, and a search_path in which nothing of
-- the caller's comes before ours; his temporary tables come last. And without JIT: a server that compiles dear plans (the
-- default of most) would compile short statements anew at each call, for where an index should be used and none fits, the
-- planner before version 18 adds a fantasy price [enqueue of 10: 4,400 ms, recovery: 9,000 ms, without JIT 14 and 23].
do $$
declare
	c_list constant text := $list$
		abandon_execution             worker
		abandon_n8n_execution         worker
		accept_execution              worker
		actor_of                      internal
		admissible_types              internal
		advance_looks                 internal
		analyze_dead_letters          worker
		apply_callbacks               internal
		archivable_history            worker reader
		archive_history               worker
		assert_read_committed         internal
		audit_change                  trigger
		backoff_seconds               internal
		best_score                    internal
		bury_task                     internal
		cancel_locked                 internal
		cancel_preview                internal
		cancel_tasks                  worker
		check_fields                  internal
		check_new_tasks               internal
		check_page_limit              internal
		check_resource_availability   worker reader
		claim                         worker
		claim_snapshot                worker reader
		clean_mutexes                 worker
		complete_run                  worker
		dead_letter_json              internal
		debounce_tasks                internal
		default_claim_plan            internal
		disable_endpoint              worker
		discard_dead_letters          worker
		doctor_facts                  worker reader
		eligible_tasks                internal
		end_run                       internal
		enqueue_successors            internal
		enqueue_tasks                 worker
		enqueue_workflow_task         worker
		execution_history             worker
		expire_execution              internal
		expire_orphan                 internal
		expire_run                    internal
		expire_waiting                internal
		explain_task                  worker reader
		fail_n8n_run                  worker
		fail_orphaned_task            internal
		fail_run                      worker
		fail_task                     internal
		fail_unsettled                internal
		failed_recovery               internal
		failure_cause                 internal
		fair_key_of                   internal
		find_anomalies                internal
		find_dead_letters             internal
		find_endpoint                 worker
		find_tasks                    worker
		find_zombies                  worker reader
		finish_executions             internal
		finish_when_settled           internal
		free_orphaned_slot            internal
		function_fingerprint          internal
		get_next_priority_task        worker
		get_system_health             worker reader
		guard_live_rows               trigger
		handle_anomalies              worker
		illegal_transition            internal
		inspect_task                  worker
		installed_schema              worker reader
		is_bad_task                   internal
		is_secret_name                internal
		jsonb_texts                   internal
		keep_used_type                trigger
		limit_of                      internal
		list_anomalies                worker reader
		list_dead_letters             worker
		list_fair_keys                worker reader
		list_models                   worker reader
		list_types                    worker reader
		lock_ended_tree               internal
		lock_execution                internal
		lock_queue_target             internal
		lock_run_slot                 internal
		log_actor                     internal
		log_context                   internal
		log_execution_transitions     trigger
		log_metadata                  internal
		log_task_transitions          trigger
		model_json                    internal
		move_to_archive               internal
		mutex_acquire                 worker
		mutex_acquire_all             worker
		mutex_acquired                internal
		mutex_busy                    internal
		mutex_contend                 internal
		mutex_drain                   worker
		mutex_evict                   internal
		mutex_force_release           worker
		mutex_guard                   internal
		mutex_holder_json             internal
		mutex_inspect                 worker reader
		mutex_lock_free               internal
		mutex_new_hold                internal
		mutex_own_hold                internal
		mutex_park                    worker
		mutex_put_hold                internal
		mutex_reenter                 internal
		mutex_release                 worker
		mutex_release_all             worker
		mutex_renew                   worker
		mutex_save                    internal
		mutex_stop_waiting            worker
		mutex_take                    internal
		mutex_waiters_ahead           internal
		nearest_slot                  internal
		new_task_fault                internal
		next_due_at                   worker reader
		note_zombie                   worker
		oldest_ended                  internal
		open_anomalies                worker
		orchestrate_next_execution    worker
		overrides_fault               internal
		passes_by_itself              internal
		pause_json                    internal
		pause_queue                   worker
		peek_tasks                    worker
		promote_due                   internal
		publish_article               worker
		purge_dead_letters            internal
		purge_retained                worker
		queue_depth                   internal
		queue_pause                   internal
		rebase_clocks                 internal
		recent_work                   internal
		record_anomaly                internal
		record_execution_failure      internal
		record_failure                internal
		record_recovery_failure       internal
		record_resource_usage         worker
		recover_expired               worker
		recoverable                   worker reader
		redact                        internal
		redact_error                  trigger
		redact_failure                trigger
		redact_or_leave_out           internal
		redact_text                   internal
		redact_value                  internal
		redrive_dead_letters          worker
		refuse_execution              worker
		refuse_new_id                 trigger
		register_endpoint             worker
		release_receipt               internal
		renew_execution               worker
		repair_anomaly                internal
		require_actor                 internal
		reserve_executions            internal
		resolve_anomalies             internal
		resolve_recovery_failures     internal
		resume_queue                  worker
		retry_eligible_at             internal
		retry_policy                  internal
		run_history                   worker
		run_state                     worker
		schema_objects                internal
		score                         pure worker reader
		set_actor                     admin
		set_model                     worker
		set_queue_weight              worker
		set_type                      worker
		settle_execution              worker
		settle_executions             worker
		share_caps                    internal
		shown_value                   internal
		stale_reason                  worker
		start_run                     worker
		start_work                    worker
		stream_head                   internal
		successor_task                internal
		successors_fault              internal
		system_state                  internal
		take_dead_letters             internal
		take_heartbeat_slot           worker
		take_keys                     internal
		task_faults                   worker
		task_history                  worker
		task_overview                 internal
		task_timeline                 worker
		tasks_to_cancel               internal
		tree_of                       internal
		type_change_fault             internal
		type_json                     internal
		unregister_endpoint           worker
		update_execution_status       worker
		validate_coordinator_deployment worker reader
		wait_for_tasks                internal
		wake_up                       internal
		work_lease                    internal
	$list$;
	c_worker constant text := 'orchestrator_worker, orchestrator_admin';
	c_reader constant text := 'orchestrator_reader, orchestrator_admin';
	v_function record;
	v_words text[];
	v_bad text;
begin
	with listed as (select (regexp_match(line, '\S+'))[1] as name from regexp_split_to_table(c_list, '\n') line where line ~ '\S')
	select string_agg(name, ', ') into v_bad from listed
	where not exists (select from pg_proc p where p.pronamespace = 'orchestrator'::regnamespace and p.proname = name);
	if v_bad is not null then
		raise exception 'privileges/4_functions.sql lists functions that do not exist: %', v_bad
			using hint = 'Take the line away with the function.';
	end if;

	for v_function in
		select p.oid::regprocedure as signature, p.proname as name from pg_proc p
		where p.pronamespace = 'orchestrator'::regnamespace
			and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
	loop
		select regexp_split_to_array(btrim(line, E' \t'), '\s+') into v_words
		from regexp_split_to_table(c_list, '\n') line where line ~ ('^\s*' || v_function.name || '\s');
		v_words := coalesce(v_words, array[v_function.name::text, 'internal']);
		v_bad := array_to_string(array(select unnest(v_words[2:]) except select unnest(array['worker', 'reader', 'admin', 'pure', 'trigger', 'internal'])), ', ');
		if v_bad <> '' then raise exception 'privileges/4_functions.sql: % is no word for %', v_bad, v_function.name; end if;

		execute format('revoke all on routine %s from public, orchestrator_reader, orchestrator_worker, orchestrator_admin', v_function.signature);
		if v_words && array['worker', 'reader', 'admin', 'trigger'] and not 'pure' = any (v_words) then
			execute format('alter routine %s security definer set search_path = orchestrator, pg_temp set jit = off', v_function.signature);
		else
			execute format('alter routine %s security invoker', v_function.signature);
		end if;
		if 'worker' = any (v_words) then execute format('grant execute on routine %s to %s', v_function.signature, c_worker); end if;
		if 'reader' = any (v_words) then execute format('grant execute on routine %s to %s', v_function.signature, c_reader); end if;
		if 'admin' = any (v_words) then execute format('grant execute on routine %s to orchestrator_admin', v_function.signature); end if;
	end loop;
end $$;
