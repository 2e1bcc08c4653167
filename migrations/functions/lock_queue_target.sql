-- Caller: pause_queue, resume_queue, set_queue_weight, with {workflowType} or {fairKey}.
-- Guard: locks the type's row, then the key's: a claim that may be near a cap holds the type's while it decides, so after
-- this answer none decides on what stood here before. OR003: unknown type. OR005: unknown key, a field that is unknown or no
-- text, both or neither named.
-- Answer: the type, and the key or null.
create or replace function orchestrator.lock_queue_target(p_target jsonb, out workflow_type text, out fair_key text)
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
#variable_conflict use_column
declare
	v_key constant text := p_target ->> 'fairKey';
	v_type text := p_target ->> 'workflowType';
begin
	perform check_fields(p_target, 'target', '{"workflowType": "text", "fairKey": "text"}');
	if (v_key is null) = (v_type is null) then
		raise exception 'name either workflowType or fairKey, got %', redact(p_target) using errcode = 'OR005';
	end if;
	if v_key is not null then
		select k.workflow_type into v_type from fair_keys k where k.fair_key = v_key;
		if not found then
			raise exception 'there is no fair key "%"; a key is known from its first task on', redact_text(v_key) using errcode = 'OR005';
		end if;
	end if;
	perform 1 from workflow_types y where y.workflow_type = v_type for no key update;
	if not found then
		raise exception 'unknown workflow type "%"; known: %', redact_text(v_type),
			(select string_agg(y.workflow_type, ', ' order by y.workflow_type) from workflow_types y) using errcode = 'OR003';
	end if;
	perform 1 from fair_keys k where k.fair_key = v_key for no key update;
	workflow_type := v_type;
	fair_key := v_key;
end $$;
