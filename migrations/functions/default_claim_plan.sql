-- Caller: orchestrate_next_execution. Promise: every type with its own batch size, every enabled model.
create or replace function orchestrator.default_claim_plan(p_worker text, p_max integer) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object('owner', p_worker, 'runId', null, 'maxExecutions', p_max,
		'quotas', coalesce((select jsonb_agg(jsonb_build_object('workflowType', workflow_type, 'batchSize', batch_size,
			'maxExecutions', p_max) order by workflow_type) from workflow_types where paused_at is null), '[]'),
		'models', coalesce((select jsonb_agg(jsonb_build_object('provider', provider, 'model', model, 'base_url', base_url)
			order by provider) from llm_models where enabled), '[]'));
$$;
