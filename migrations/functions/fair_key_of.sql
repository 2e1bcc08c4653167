-- Caller: enqueue_tasks. Promise (S6): `workflow_type[:content_type]` of one new task.
create or replace function orchestrator.fair_key_of(p_item jsonb) returns text
language sql immutable parallel safe as $$
	select (p_item ->> 'workflowType') || coalesce(':' || nullif(left(p_item #>> '{input,content_type}', 100), ''), '');
$$;
