-- Caller: take_heartbeat_slot, tests. Promise: nearestSlot of core/schedule/slot.ts; half an interval rounds up.
create or replace function orchestrator.nearest_slot(p_at timestamptz, p_interval_seconds integer) returns timestamptz
language sql immutable parallel safe as $$
	select to_timestamp((round(extract(epoch from p_at) / p_interval_seconds) * p_interval_seconds)::double precision);
$$;
