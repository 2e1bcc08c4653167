-- Caller: runs.recover at the start of every pass; any number at once.
-- Promise: an item or step that raises is left as it was, with an open anomaly recovery_failed, and everything else is recovered.
-- Guard: each row is locked without waiting and checked again. Errors that pass by themselves are raised: the next pass does it all.
-- Answer: {expiredExecutions, requeuedTasks, deadTasks,
-- promotedTasks, abandonedRuns, anomalies: {found, repaired, resolved, open}, purgedDeadLetters}; all zero is the normal case.
-- Example: select orchestrator.recover_expired();
create or replace function orchestrator.recover_expired(p_limit integer default 100) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_began constant timestamptz := clock_timestamp();
	v_id uuid;
	v_step text;
	v_end record;
	v_expired integer := 0;
	v_requeued integer := 0;
	v_dead integer := 0;
	v_runs integer := 0;
	v_promoted integer := 0;
	v_anomalies jsonb := '{"found": 0, "repaired": 0, "resolved": 0}';
	v_purged integer := 0;
	v_resolved integer := 0;
begin
	perform assert_read_committed();
	for v_id in select id from workflow_orchestration where kind = 'dispatch' and lease_until <= clock_timestamp()
		and not failed_recovery(id::text) order by lease_until, id limit p_limit loop
		begin
			select * into v_end from expire_execution(v_id);
			continue when v_end.requeued is null;
			v_expired := v_expired + 1;
			v_requeued := v_requeued + v_end.requeued;
			v_dead := v_dead + v_end.dead;
		exception when others then
			if passes_by_itself(sqlstate) then raise; end if;
			perform record_recovery_failure('execution', v_id::text, sqlstate, sqlerrm);
		end;
	end loop;
	for v_id in select id from workflow_orchestration where kind = 'run' and lease_until <= clock_timestamp()
		and not failed_recovery(id::text) order by lease_until, id limit p_limit loop
		begin
			v_runs := v_runs + expire_run(v_id)::integer;
		exception when others then
			if passes_by_itself(sqlstate) then raise; end if;
			perform record_recovery_failure('run', v_id::text, sqlstate, sqlerrm);
		end;
	end loop;
	foreach v_step in array array['handle_anomalies', 'clean_mutexes', 'expire_waiting', 'purge_dead_letters', 'promote_due', 'archive_history', 'purge_retained'] loop
		begin
			case v_step
				when 'handle_anomalies' then v_anomalies := handle_anomalies(p_limit);
				when 'clean_mutexes' then perform clean_mutexes(p_limit);
				when 'expire_waiting' then
					perform set_actor('recover', '{"reason": "waited_too_long"}');
					v_dead := v_dead + expire_waiting(p_limit);
				when 'purge_dead_letters' then v_purged := purge_dead_letters(p_limit * 10);
				when 'promote_due' then
					perform set_actor('promote');
					v_promoted := promote_due(p_limit * 10);
				when 'archive_history' then perform archive_history(200);
				when 'purge_retained' then perform purge_retained(200);
			end case;
		exception
			when lock_not_available then
				-- History is nobody's deadline: when something is in the way, the next pass takes it.
				if v_step not in ('archive_history', 'purge_retained') then raise; end if;
			when others then
				if passes_by_itself(sqlstate) then raise; end if;
				perform record_recovery_failure('step', v_step, sqlstate, sqlerrm);
		end;
	end loop;
	if exists (select 1 from anomalies where kind = 'recovery_failed' and resolved_at is null) then
		v_resolved := resolve_recovery_failures(v_began);
	end if;
	v_anomalies := v_anomalies || jsonb_build_object('resolved', (v_anomalies ->> 'resolved')::integer + v_resolved,
		'open', (select count(*) from anomalies where resolved_at is null));
	return jsonb_build_object('expiredExecutions', v_expired, 'requeuedTasks', v_requeued, 'deadTasks', v_dead,
		'promotedTasks', v_promoted, 'abandonedRuns', v_runs, 'anomalies', v_anomalies, 'purgedDeadLetters', v_purged);
end $$;
