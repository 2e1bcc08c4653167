-- Caller: endpoints.disable after a 410. Answer: false = no live endpoint has this address.
-- Example: select orchestrator.disable_endpoint('http://127.0.0.1:5678/webhook/gone', 'moved');
create or replace function orchestrator.disable_endpoint(p_url text, p_reason text) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	update endpoints set disabled_at = clock_timestamp(), disabled_reason = p_reason where url = p_url and disabled_at is null;
	return found;
end $$;
