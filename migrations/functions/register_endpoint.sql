-- Caller: endpoints.register when a workflow is published. The newest address of a place wins; a 410 is forgiven.
-- Guard: OR003 unknown type. A test address is a place of its own.
create or replace function orchestrator.register_endpoint(p_deployment text, p_kind text, p_workflow_type text, p_url text, p_test boolean)
returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	if p_workflow_type is not null and not exists (select 1 from workflow_types where workflow_type = p_workflow_type) then
		raise exception 'unknown workflow type "%"; known: %', redact_text(p_workflow_type),
			(select string_agg(workflow_type, ', ' order by workflow_type) from workflow_types) using errcode = 'OR003';
	end if;
	insert into endpoints (deployment, kind, workflow_type, url, test) values (p_deployment, p_kind, p_workflow_type, p_url, p_test)
	on conflict (deployment, kind, coalesce(workflow_type, ''), test) do update
		set url = excluded.url, registered_at = clock_timestamp(), disabled_at = null, disabled_reason = null;
	if not p_test then perform wake_up(); end if;
end $$;
