-- Caller: repair_anomaly when the clock of the database went back. Leases compare with the latest time that was seen (S8), so
-- that none ends early; without this, one would end late by as much as the clock went back.
-- Guard: rows are locked without waiting; only what lies ahead of the clock. Answer: how many rows were cut.
create or replace function orchestrator.rebase_clocks() returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at constant timestamptz := clock_timestamp();
	v_heartbeats integer;
	v_executions integer;
begin
	with ahead as materialized (
		select slot_key from heartbeats where finished_at is null and last_at > v_at + interval '1 second' for update skip locked)
	update heartbeats h set last_at = v_at, lease_until = least(h.lease_until, v_at + interval '60 seconds')
	from ahead where h.slot_key = ahead.slot_key;
	get diagnostics v_heartbeats = row_count;
	with ahead as materialized (
		select id from workflow_orchestration where lease_until is not null and last_at > v_at + interval '1 second'
		for update skip locked
	), bounds as (
		select e.id, v_at + make_interval(secs => e.limit_seconds) as deadline_at, v_at + make_interval(secs => (case
			when e.kind = 'run' then 300 when e.status = 'claimed' then y.dispatch_lease_seconds else y.work_lease_seconds end)::double precision) as lease_until
		from ahead join workflow_orchestration e using (id) left join workflow_types y on y.workflow_type = e.workflow_type
	)
	update workflow_orchestration e set last_at = v_at, deadline_at = least(e.deadline_at, case when e.deadline_at is not null then b.deadline_at end),
		lease_until = least(e.lease_until, b.lease_until, case when e.deadline_at is not null then b.deadline_at end)
	from bounds b where e.id = b.id;
	get diagnostics v_executions = row_count;
	return v_heartbeats + v_executions;
end $$;
