-- Caller: runs.recover at the start of every pass; any number at once.
-- Guard: each row is locked without waiting and checked again. Answer: {expiredExecutions, requeuedTasks, deadTasks,
-- promotedTasks, abandonedRuns, anomalies: {found, repaired, resolved, open}, purgedDeadLetters}; all zero is the normal case.
-- Example: select orchestrator.recover_expired();
create or replace function orchestrator.recover_expired(p_limit integer default 100) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_id uuid;
	v_end record;
	v_expired integer := 0;
	v_requeued integer := 0;
	v_dead integer := 0;
	v_runs integer := 0;
	v_promoted integer;
	v_anomalies jsonb;
	v_purged integer;
begin
	perform assert_read_committed();
	for v_id in select id from workflow_orchestration where kind = 'dispatch' and lease_until <= clock_timestamp()
		order by lease_until, id limit p_limit loop
		select * into v_end from expire_execution(v_id);
		continue when v_end.requeued is null;
		v_expired := v_expired + 1;
		v_requeued := v_requeued + v_end.requeued;
		v_dead := v_dead + v_end.dead;
	end loop;
	for v_id in select id from workflow_orchestration where kind = 'run' and lease_until <= clock_timestamp()
		order by lease_until, id limit p_limit loop
		v_runs := v_runs + expire_run(v_id)::integer;
	end loop;
	v_anomalies := handle_anomalies(p_limit);
	perform clean_mutexes(p_limit);
	perform set_actor('recover', '{"reason": "waited_too_long"}');
	v_dead := v_dead + expire_waiting(p_limit);
	v_purged := purge_dead_letters(p_limit * 10);
	perform set_actor('promote');
	v_promoted := promote_due(p_limit * 10);
	-- History is nobody's deadline: when something is in the way, the next pass takes it.
	begin
		perform archive_history(200);
		perform purge_retained(200);
	exception when lock_not_available then null;
	end;
	return jsonb_build_object('expiredExecutions', v_expired, 'requeuedTasks', v_requeued, 'deadTasks', v_dead,
		'promotedTasks', v_promoted, 'abandonedRuns', v_runs, 'anomalies', v_anomalies, 'purgedDeadLetters', v_purged);
end $$;
