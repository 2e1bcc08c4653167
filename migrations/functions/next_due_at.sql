-- Caller: wakeUps.msUntilNextDue (S14): when a timer falls due next: retries and delays, leases, cadences.
-- Answer: an instant, possibly past; null = no timer. Queued tasks do not count: NOTIFY and freed slots speak for them.
create or replace function orchestrator.next_due_at() returns timestamptz
language sql stable set search_path = orchestrator, pg_temp as $$
	select least(
		(select min(not_before) from tasks where state = 'scheduled'),
		(select min(lease_until) from workflow_orchestration where lease_until is not null),
		(select min(due.at) from workflow_types y
			cross join lateral (select max(e.created_at) + make_interval(secs => y.cadence_seconds) as at from workflow_orchestration e
				where e.kind = 'dispatch' and e.workflow_type = y.workflow_type) due
			where y.cadence_seconds is not null and not y.paused and due.at > clock_timestamp()
				and exists (select 1 from tasks t where t.workflow_type = y.workflow_type and t.state = 'queued')));
$$;
