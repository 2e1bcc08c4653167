-- Caller: everything that shows a pause. Promise: Pause of core/queue/gate.ts; null = not paused.
create or replace function orchestrator.pause_json(p_at timestamptz, p_reason text, p_by text) returns jsonb
language sql immutable parallel safe as $$
	select case when p_at is not null then jsonb_build_object('at', p_at, 'reason', p_reason, 'by', p_by) end;
$$;
