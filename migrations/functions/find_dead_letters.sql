-- Caller: list, analyze, redrive and discard of dead letters, with a DeadLetterFilter of core/task/dead-letter.ts as jsonb.
-- Guard: OR005 for a field that it does not know or that is of another kind: none of them silently matches everything.
-- Answer: the latest death first, from behind (p_after_at, p_after_id) on; p_limit null = all. Expired letters are gone.
create or replace function orchestrator.find_dead_letters(
	p_filter jsonb, p_limit integer default null, p_after_at timestamptz default null, p_after_id bigint default null
) returns setof orchestrator.dead_letters
language plpgsql stable set search_path = orchestrator, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
	v_status constant text := coalesce(p_filter ->> 'status', 'open');
	v_types text[];
	v_keys text[];
	v_causes text[];
	v_ids bigint[];
	v_from timestamptz;
	v_before timestamptz;
begin
	perform check_fields(p_filter, 'filter', '{"workflowTypes": "texts", "fairKeys": "texts", "causes": "texts", "taskIds": "ids",
		"diedAfter": "instant", "diedBefore": "instant", "status": "text"}');
	v_types := jsonb_texts(p_filter -> 'workflowTypes');
	v_keys := jsonb_texts(p_filter -> 'fairKeys');
	v_causes := jsonb_texts(p_filter -> 'causes');
	v_ids := jsonb_texts(p_filter -> 'taskIds')::bigint[];
	v_from := p_filter ->> 'diedAfter';
	v_before := p_filter ->> 'diedBefore';
	if v_status not in ('open', 'redriven', 'discarded', 'all') then
		raise exception 'status must be open, redriven, discarded or all, got %', redact_text(v_status) using errcode = 'OR005';
	end if;
	return query
	select d.* from dead_letters d
	where (v_status = 'all' or d.status = v_status)
		and (v_types is null or d.workflow_type = any (v_types))
		and (v_keys is null or d.fair_key = any (v_keys))
		and (v_causes is null or d.cause = any (v_causes))
		and (v_ids is null or d.task_id = any (v_ids))
		and (v_from is null or d.died_at >= v_from)
		and (v_before is null or d.died_at < v_before)
		and (p_after_at is null or (d.died_at, d.task_id) < (p_after_at, p_after_id))
		and d.expires_at > clock_timestamp()
	order by d.died_at desc, d.task_id desc limit p_limit;
end $$;
