-- Caller: queue.pause; an operator in psql.
-- Promise: after its commit no claim takes a task of that type or key; what runs goes on. With slots in plenty a claim that
-- had begun before may still finish.
-- Guard: READ COMMITTED; that of lock_queue_target: OR003 unknown type, OR005 unknown key or no actor.
-- Answer: {changed, pause: {at, reason, by}}; a second pause changes nothing.
-- Keys (p_target): workflowType or fairKey, one of them.
-- Example: select orchestrator.pause_queue('{"workflowType": "content_pipeline"}', 'Kim', 'the provider is down');
create or replace function orchestrator.pause_queue(p_target jsonb, p_actor text, p_reason text) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_actor);
	v_target record;
	v_changed boolean;
begin
	perform assert_read_committed();
	select * into v_target from lock_queue_target(p_target);
	perform set_actor('pause:' || v_actor, jsonb_build_object('reason', p_reason));
	if v_target.fair_key is null then
		update workflow_types set paused_at = clock_timestamp(), paused_by = v_actor, paused_reason = redact_text(p_reason)
		where workflow_type = v_target.workflow_type and paused_at is null;
		v_changed := found;
	else
		update fair_keys set paused_at = clock_timestamp(), paused_by = v_actor, paused_reason = redact_text(p_reason)
		where fair_key = v_target.fair_key and paused_at is null;
		v_changed := found;
	end if;
	return jsonb_build_object('changed', v_changed, 'pause', queue_pause(v_target.workflow_type, v_target.fair_key));
end $$;
