-- Caller: repair_anomaly when the clock of the database went back; take_heartbeat_slot, which may be the first to notice.
-- Leases compare with the latest time that was seen (S8), so that none ends early. Without this, what lies ahead of the clock would
-- hold until the clock is there again: leases, finished slots, the cadence of a type, and the place from which the claim looks.
-- Promise: what lies ahead counts as written now. A slot that was finished in a time which comes again may be taken again, under
-- a higher epoch; a type with a cadence waits one cadence from now. The log keeps the times at which things happened.
-- Guard: rows are locked without waiting; only what lies ahead of the clock. Answer: how many rows were changed.
create or replace function orchestrator.rebase_clocks() returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at constant timestamptz := clock_timestamp();
	v_ahead constant timestamptz := v_at + interval '1 second';
	v_changed integer;
	v_total integer;
begin
	with ahead as materialized (
		select slot_key from heartbeats where finished_at is null and last_at > v_ahead for update skip locked)
	update heartbeats h set last_at = v_at, lease_until = least(h.lease_until, v_at + interval '60 seconds')
	from ahead where h.slot_key = ahead.slot_key;
	get diagnostics v_total = row_count;
	with ahead as materialized (
		-- By the index on slot_at: nothing is finished a day after its slot.
		select slot_key from heartbeats where finished_at > v_ahead and slot_at > v_at - interval '1 day' for update skip locked)
	update heartbeats h set last_at = v_at, lease_until = v_at, finished_at = null, run_id = null
	from ahead where h.slot_key = ahead.slot_key;
	get diagnostics v_changed = row_count;
	v_total := v_total + v_changed;
	with ahead as materialized (
		select id from workflow_orchestration where lease_until is not null and last_at > v_ahead
		for update skip locked
	), bounds as (
		select e.id, v_at + make_interval(secs => e.limit_seconds) as deadline_at, v_at + make_interval(secs => (case
			when e.kind = 'run' then 300 when e.status = 'claimed' then y.dispatch_lease_seconds else y.work_lease_seconds end)::double precision) as lease_until
		from ahead join workflow_orchestration e using (id) left join workflow_types y on y.workflow_type = e.workflow_type
	)
	-- Durations are counted from created_at and started_at, and none may be negative.
	update workflow_orchestration e set last_at = v_at, deadline_at = least(e.deadline_at, case when e.deadline_at is not null then b.deadline_at end),
		lease_until = least(e.lease_until, b.lease_until, case when e.deadline_at is not null then b.deadline_at end),
		created_at = least(e.created_at, v_at), accepted_at = least(e.accepted_at, case when e.accepted_at is not null then v_at end),
		started_at = least(e.started_at, case when e.started_at is not null then v_at end)
	from bounds b where e.id = b.id;
	get diagnostics v_changed = row_count;
	v_total := v_total + v_changed;
	with ahead as materialized (
		select e.id from workflow_types y join workflow_orchestration e on e.kind = 'dispatch' and e.workflow_type = y.workflow_type
		where y.cadence_seconds is not null and e.created_at > v_ahead for update of e skip locked)
	update workflow_orchestration e set created_at = v_at from ahead where e.id = ahead.id;
	get diagnostics v_changed = row_count;
	v_total := v_total + v_changed;
	with ahead as materialized (
		select fair_key from fair_keys where looks_from_at > v_ahead or looked_back_at > v_ahead order by fair_key for no key update skip locked)
	update fair_keys k set looks_from = default, looks_from_at = default, looked_back_at = default
	from ahead where k.fair_key = ahead.fair_key;
	get diagnostics v_changed = row_count;
	return v_total + v_changed;
end $$;
