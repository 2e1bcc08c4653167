-- Caller: runs.recoverable (recover --dry-run); an operator in psql. Reads only. Guard: none.
-- Answer: {expiredExecutions, stuckRuns, overdueTasks, dueTasks, oldDeadLetters}: what recover_expired would find to do now; all zero = it would find nothing. Anomalies are those of list_anomalies.
-- Example: select orchestrator.recoverable();
create or replace function orchestrator.recoverable() returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'expiredExecutions', (select count(*) from workflow_orchestration where kind = 'dispatch' and lease_until <= clock_timestamp()),
		'stuckRuns', (select count(*) from workflow_orchestration where kind = 'run' and lease_until <= clock_timestamp()),
		'overdueTasks', (select count(*) from tasks where state in ('scheduled', 'queued') and expires_at <= clock_timestamp()),
		'dueTasks', (select count(*) from tasks where state = 'scheduled' and not_before <= clock_timestamp()
			and (expires_at is null or expires_at > clock_timestamp())),
		'oldDeadLetters', (select count(*) from dead_letters where expires_at <= clock_timestamp()));
$$;
