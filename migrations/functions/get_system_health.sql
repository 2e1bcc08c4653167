-- Caller: an operator in psql. Reads only.
-- Answer: {status: healthy | degraded, reasons: […], overdue_leases, dead_tasks, queued_tasks, slots_used, last_heartbeat_at,
-- failed_runs_last_hour, zombies, open_anomalies}; degraded = something overdue that a pass should have taken care of,
-- open dead letters, an anomaly that is not over, or 500 queued tasks and more (core/schedule/queue-mode.ts). One reason each.
-- Example: select jsonb_pretty(orchestrator.get_system_health());
create or replace function orchestrator.get_system_health() returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	with facts as (
		select
			(select count(*) from workflow_orchestration where lease_until < clock_timestamp() - interval '60 seconds') as overdue_leases,
			(select count(*) from dead_letters where status = 'open') as dead_tasks,
			(select queued from queue_depth()) as queued_tasks,
			(select count(*) from execution_slots where execution_id is not null) as slots_used,
			(select max(finished_at) from heartbeats) as last_heartbeat_at,
			(select count(*) from workflow_orchestration where kind = 'run' and status = 'ERROR_RECOVERY'
				and finished_at > clock_timestamp() - interval '1 hour') as failed_runs_last_hour,
			(select count(*) from find_zombies(p_limit => 1000)) as zombies,
			(select count(*) from anomalies where resolved_at is null) as open_anomalies
	)
	select jsonb_build_object('status', case when reasons = '{}' then 'healthy' else 'degraded' end, 'reasons', reasons) || to_jsonb(facts)
	from facts cross join lateral (
		select coalesce(array_agg(r.reason order by r.n), '{}') as reasons from (values
			(1, overdue_leases > 0, format('%s executions or runs are more than 60 s past their lease: no pass recovers them', overdue_leases)),
			(2, dead_tasks > 0, format('%s dead letters are open: redrive or discard them', dead_tasks)),
			(3, failed_runs_last_hour > 0, format('%s runs ended in ERROR_RECOVERY within the last hour', failed_runs_last_hour)),
			(4, open_anomalies > 0, format('%s anomalies are not over: see list_anomalies()', open_anomalies)),
			(5, queued_tasks >= 500, format('%s tasks are queued, expected fewer than 500', queued_tasks))
		) r(n, holds, reason) where r.holds) why;
$$;
