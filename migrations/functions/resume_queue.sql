-- Caller: queue.resume; an operator in psql.
-- Promise: its own pause ends; a key of a paused type stays held by the type.
-- Guard: READ COMMITTED; that of lock_queue_target: OR003 unknown type, OR005 unknown key or no actor.
-- Answer: {changed, pause}: changed = false: it was not paused; pause is null.
-- Keys (p_target): workflowType or fairKey, one of them.
-- Example: select orchestrator.resume_queue('{"workflowType": "content_pipeline"}', 'Kim');
create or replace function orchestrator.resume_queue(p_target jsonb, p_actor text) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_actor);
	v_target record;
	v_changed boolean;
begin
	perform assert_read_committed();
	select * into v_target from lock_queue_target(p_target);
	perform set_actor('resume:' || v_actor);
	if v_target.fair_key is null then
		update workflow_types set paused_at = null, paused_by = null, paused_reason = null
		where workflow_type = v_target.workflow_type and paused_at is not null;
		v_changed := found;
	else
		update fair_keys set paused_at = null, paused_by = null, paused_reason = null
		where fair_key = v_target.fair_key and paused_at is not null;
		v_changed := found;
	end if;
	if v_changed then perform wake_up(); end if;
	return jsonb_build_object('changed', v_changed, 'pause', null);
end $$;
