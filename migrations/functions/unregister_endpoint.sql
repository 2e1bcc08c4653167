-- Caller: endpoints.unregister when a workflow is unpublished.
-- Guard: only if the place still has this very address: another instance may have announced itself since. False = it has not.
create or replace function orchestrator.unregister_endpoint(p_deployment text, p_kind text, p_workflow_type text, p_url text, p_test boolean)
returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	delete from endpoints where deployment = p_deployment and kind = p_kind and workflow_type is not distinct from p_workflow_type
		and url = p_url and test = p_test;
	return found;
end $$;
