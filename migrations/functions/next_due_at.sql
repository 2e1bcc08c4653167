-- Caller: wakeUps.msUntilNextDue (S14): when something falls due next: work that could start, retries and delays, leases,
-- waiting deadlines, cadences. Work that could start is due now: NOTIFY is only a hint, and the pass that it woke may have
-- been killed.
-- Answer: an instant, possibly past; null = nothing is planned. Queued tasks that a gate holds do not count.
-- Example: select orchestrator.next_due_at() - now() as due_in;
create or replace function orchestrator.next_due_at() returns timestamptz
language sql stable set search_path = orchestrator, pg_temp as $$
	select least(
		(select clock_timestamp() where exists (select 1 from execution_slots where execution_id is null) and exists (
			select 1 from admissible_types(default_claim_plan('next_due_at', 1)) a
			where (select eligible from eligible_tasks(a.workflow_type, 1)) > 0)),
		(select min(not_before) from tasks where state = 'scheduled'),
		(select min(expires_at) from tasks where expires_at is not null and state in ('scheduled', 'queued')),
		(select min(lease_until) from workflow_orchestration where lease_until is not null),
		(select min(due.at) from workflow_types y
			cross join lateral (select max(e.created_at) + make_interval(secs => y.cadence_seconds) as at from workflow_orchestration e
				where e.kind = 'dispatch' and e.workflow_type = y.workflow_type) due
			where y.cadence_seconds is not null and y.paused_at is null and due.at > clock_timestamp()
				and (select eligible from eligible_tasks(y.workflow_type, 1)) > 0));
$$;
