-- Caller: runs.takeSlot. S13: the boundary nearest to database time has one owner; an unfinished expired one is taken over.
-- After the clock went back, slots come again that were finished before: what lies ahead is rebased first (rebase_clocks).
-- Guard: the key's uniqueness (two at once: the second waits for the first), then the row's lock.
-- Answer: won with the slot as jsonb, or held_by_other | already_finished. Losing is normal.
create or replace function orchestrator.take_heartbeat_slot(
	p_owner text, p_interval_seconds integer, p_lease_seconds numeric, p_local_time timestamptz
) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_at timestamptz := clock_timestamp();
	v_slot_at constant timestamptz := nearest_slot(v_at, p_interval_seconds);
	v_key constant text := format('heartbeat:%s:%s', p_interval_seconds, to_char(v_slot_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
	v_skew constant numeric := extract(epoch from p_local_time - v_at) * 1000;
	v_deviation constant numeric := extract(epoch from v_at - v_slot_at) * 1000;
	v_row heartbeats;
begin
	perform assert_read_committed();
	insert into heartbeats (slot_key, slot_at, interval_seconds, owner, lease_until, taken_at, last_at, deviation_ms, clock_skew_ms)
	values (v_key, v_slot_at, p_interval_seconds, p_owner, v_at + make_interval(secs => p_lease_seconds::double precision), v_at, v_at, v_deviation, v_skew)
	on conflict do nothing returning * into v_row;
	if not found then
		select * into v_row from heartbeats where slot_key = v_key for update;
		if v_row.finished_at is not null and exists (select 1 from heartbeats
			where finished_at is not null and slot_at > clock_timestamp() + make_interval(secs => p_interval_seconds))
		then
			perform rebase_clocks();
			select * into v_row from heartbeats where slot_key = v_key;
		end if;
		if v_row.finished_at is not null then
			return jsonb_build_object('won', false, 'slotKey', v_key, 'slotAt', v_slot_at, 'reason', 'already_finished');
		end if;
		v_at := greatest(v_row.last_at, clock_timestamp());
		if v_row.lease_until > v_at then
			return jsonb_build_object('won', false, 'slotKey', v_key, 'slotAt', v_slot_at, 'reason', 'held_by_other');
		end if;
		update heartbeats set owner = p_owner, epoch = epoch + 1, taken_at = v_at, last_at = v_at, run_id = null,
			lease_until = v_at + make_interval(secs => p_lease_seconds::double precision), deviation_ms = v_deviation, clock_skew_ms = v_skew
		where slot_key = v_key returning * into v_row;
	end if;
	return jsonb_build_object('won', true, 'slot', jsonb_build_object('slotKey', v_row.slot_key, 'slotAt', v_row.slot_at,
		'epoch', v_row.epoch, 'leaseUntil', v_row.lease_until, 'deviationMs', v_row.deviation_ms, 'clockSkewMs', v_row.clock_skew_ms));
end $$;
