-- Caller: queue.setWeight; an operator in psql.
-- Promise (S6): a key's weight; or a type's, which new keys get and those of its keys that have the type's weight now.
-- Guard: READ COMMITTED; that of lock_queue_target; OR005 outside of 1 to 1000. Answer: how many keys changed.
-- Keys (p_target): workflowType or fairKey, one of them.
-- Example: select orchestrator.set_queue_weight('{"workflowType": "content_pipeline"}', 3, 'Kim');
create or replace function orchestrator.set_queue_weight(p_target jsonb, p_weight numeric, p_actor text) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_actor);
	v_target record;
	v_keys integer;
begin
	perform assert_read_committed();
	if coalesce(p_weight not between 1 and 1000 or p_weight % 1 <> 0, true) then
		raise exception 'weight must be a whole number from 1 to 1000, got %', p_weight using errcode = 'OR005';
	end if;
	select * into v_target from lock_queue_target(p_target);
	perform set_actor('weigh:' || v_actor);
	update fair_keys k set weight = p_weight from workflow_types y
	where y.workflow_type = v_target.workflow_type and k.workflow_type = y.workflow_type and k.weight <> p_weight
		and case when v_target.fair_key is null then k.weight = y.weight else k.fair_key = v_target.fair_key end;
	get diagnostics v_keys = row_count;
	if v_target.fair_key is null then
		update workflow_types set weight = p_weight where workflow_type = v_target.workflow_type;
	end if;
	perform wake_up();
	return v_keys;
end $$;
