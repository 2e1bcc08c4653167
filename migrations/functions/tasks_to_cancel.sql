-- Caller: cancel_tasks. Guard: OR005 for an empty filter, too many ids, or a field that is unknown or of another kind.
-- Answer: the ids that a CancelSelection means, lowest first: as they stand in taskIds, or of what matches its filter the
-- first `limit`; and how many match the filter, limit aside (null beside taskIds).
create or replace function orchestrator.tasks_to_cancel(p_selection jsonb, out matching integer, out task_ids bigint[])
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
	v_type constant text := p_selection ->> 'workflowType';
	v_key constant text := p_selection ->> 'fairKey';
	v_states text[];
	v_limit integer;
begin
	if p_selection ? 'taskIds' and p_selection - 'taskIds' <> '{}' then
		raise exception 'a selection has taskIds or a filter, not both, got taskIds and %',
			(select string_agg(redact_text(f), ', ' order by f) from jsonb_object_keys(p_selection - 'taskIds') f) using errcode = 'OR005';
	end if;
	perform check_fields(p_selection, 'selection', case when p_selection ? 'taskIds' then '{"taskIds": "ids"}'
		else '{"workflowType": "text", "fairKey": "text", "states": "texts", "limit": "number"}' end::jsonb);
	if p_selection ? 'taskIds' then
		if jsonb_array_length(p_selection -> 'taskIds') > 10000 then
			raise exception 'one call cancels at most 10000 tasks, got %', jsonb_array_length(p_selection -> 'taskIds') using errcode = 'OR005';
		end if;
		task_ids := array(select distinct id::bigint from unnest(jsonb_texts(p_selection -> 'taskIds')) id order by 1);
		return;
	end if;
	v_states := jsonb_texts(p_selection -> 'states');
	if v_type is null and v_key is null and v_states is null then
		raise exception 'name taskIds, workflowType, fairKey or states: an empty filter would cancel everything' using errcode = 'OR005';
	end if;
	v_states := coalesce(v_states, '{scheduled,queued,claimed,running}');
	if not v_states <@ '{scheduled,queued,claimed,running}' then
		raise exception 'states must be scheduled, queued, claimed or running, got %', redact_text(array_to_string(v_states, ', ')) using errcode = 'OR005';
	end if;
	v_limit := limit_of(p_selection -> 'limit', 1000, 10000);
	with found as materialized (
		select t.id from (
			select id, workflow_type, fair_key, state from tasks where state = 'scheduled' and 'scheduled' = any (v_states)
			union all
			select id, workflow_type, fair_key, state from tasks where state = 'queued' and 'queued' = any (v_states)
			union all
			select w.id, w.workflow_type, w.fair_key, w.state from execution_slots s join workflow_orchestration e on e.id = s.execution_id
			join tasks w on w.id = any (e.task_ids) and w.execution_id = e.id
			where w.state = any (v_states)) t
		where (v_type is null or t.workflow_type = v_type) and (v_key is null or t.fair_key = v_key)
	)
	select count(*), array(select id from found order by id limit v_limit) into matching, task_ids from found;
end $$;
