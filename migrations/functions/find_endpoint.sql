-- Caller: endpoints.find. Answer: the address; null = nobody listens there.
create or replace function orchestrator.find_endpoint(p_deployment text, p_kind text, p_workflow_type text, p_test boolean) returns text
language sql stable set search_path = orchestrator, pg_temp as $$
	select url from endpoints where deployment = p_deployment and kind = p_kind
		and workflow_type is not distinct from p_workflow_type and test = p_test and disabled_at is null;
$$;
