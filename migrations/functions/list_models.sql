-- Caller: models.list. Answer: {provider, model, baseUrl, requestsPerMinute, inputUsdPerMtok, outputUsdPerMtok, enabled} a model;
-- never empty after the first migration.
-- Example: select orchestrator.list_models();
create or replace function orchestrator.list_models() returns setof jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select model_json(m) from llm_models m order by m.provider, m.enabled desc, m.model;
$$;
