-- Caller: set_model, models.list. Promise: RegisteredModel of core/orchestrator.ts.
create or replace function orchestrator.model_json(p_row orchestrator.llm_models) returns jsonb
language sql immutable as $$
	select jsonb_build_object('provider', p_row.provider, 'model', p_row.model, 'baseUrl', p_row.base_url,
		'requestsPerMinute', p_row.requests_per_minute, 'inputUsdPerMtok', p_row.input_usd_per_mtok,
		'outputUsdPerMtok', p_row.output_usd_per_mtok, 'enabled', p_row.enabled);
$$;
