-- Caller: an operator in psql. Reads only.
-- Answer: {status: healthy | degraded, …}; degraded = something overdue that a pass should have taken care of, open dead
-- letters, or an anomaly that is not over.
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
			(select count(*) from list_zombies(1000)) as zombies,
			(select count(*) from anomalies where resolved_at is null) as open_anomalies
	)
	select jsonb_build_object('status', case when overdue_leases + dead_tasks + failed_runs_last_hour + open_anomalies > 0 then 'degraded' else 'healthy' end)
		|| to_jsonb(facts) from facts;
$$;
