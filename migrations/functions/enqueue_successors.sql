-- Caller: apply_callbacks and bury_task, in their transaction, for a task that has successors and has just ended (S22).
-- Promise: each successor whose end and condition fit becomes a task once: its key is made of the parent and its place, so
-- a second end (a redrive) makes none twice. One that cannot be made is recorded in failures and holds nothing up.
-- Guard: none of its own; errors that pass by themselves (deadlock, timeout) are raised: the whole callback comes again.
create or replace function orchestrator.enqueue_successors(p_task orchestrator.tasks, p_execution_id uuid) returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := log_actor();
	v_context constant jsonb := log_context();
	v_next record;
	v_item jsonb;
	v_items jsonb := '[]';
begin
	for v_next in
		select s.item, s.place from jsonb_array_elements(p_task.successors) with ordinality s(item, place)
		where coalesce(s.item ->> 'when', 'succeeded') in (p_task.state, 'ended') order by s.place
	loop
		begin
			v_item := successor_task(p_task, p_execution_id, v_next.item, v_next.place);
			continue when v_item is null;
			perform check_new_tasks(jsonb_build_array(v_item));
			v_items := v_items || v_item;
		exception when others then
			if passes_by_itself(sqlstate) then raise; end if;
			perform record_failure(p_task, p_execution_id, jsonb_build_object('code', 'SUCCESSOR_NOT_ENQUEUED', 'message',
				format('Successor %s (%s) was not enqueued: %s', v_next.place, v_next.item ->> 'workflowType', regexp_replace(sqlerrm, '^task 1: ', ''))),
				'none', jsonb_build_object('successor', v_next.place));
		end;
	end loop;
	if v_items = '[]' then return; end if;
	perform enqueue_tasks(v_items);
	perform set_actor(v_actor, v_context);
end $$;
