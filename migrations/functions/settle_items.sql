-- Caller: settle_execution, with the execution locked.
-- Guard: locks the tasks by id; an item counts once, and only for a task that this execution still holds.
-- Answer: the ids settled now, as text; empty = all had been settled or are not of this execution.
create or replace function orchestrator.settle_items(p_execution_id uuid, p_epoch integer, p_items jsonb) returns text[]
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_item jsonb;
	v_task bigint;
	v_settled text[] := '{}';
begin
	perform 1 from tasks where execution_id = p_execution_id and epoch = p_epoch order by id for update;
	for v_item in select i from jsonb_array_elements(p_items) i order by (i ->> 'task_id')::bigint loop
		v_task := (v_item ->> 'task_id')::bigint;
		update execution_items set outcome = v_item ->> 'outcome', settled_at = clock_timestamp()
		where execution_id = p_execution_id and task_id = v_task and settled_at is null;
		continue when not found;
		if v_item ->> 'outcome' = 'succeeded' then
			update tasks set state = 'succeeded', execution_id = null, result = v_item -> 'result', error = null,
				finished_at = clock_timestamp()
			where id = v_task and execution_id = p_execution_id and epoch = p_epoch and state in ('claimed', 'running');
			continue when not found;
		else
			continue when fail_task(v_task, p_execution_id, p_epoch, v_item -> 'error', v_item -> 'retry') is null;
		end if;
		v_settled := v_settled || v_task::text;
	end loop;
	return v_settled;
end $$;
