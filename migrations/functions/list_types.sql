-- Caller: types.list; an operator in psql. Reads only.
-- Answer: {workflowType, title, weight, maxConcurrent, batchSize, batchMax, cadenceSeconds, queueLimitSeconds, limitSeconds,
-- maxAttempts, backoffBaseSeconds, backoffCeilingSeconds, backoffJitterSeconds, deliveryRetries, deliveryBackoffSeconds,
-- deadLetterDays, pause} a registered workflow type, by name; null = it has none.
-- Example: select jsonb_pretty(orchestrator.list_types());
create or replace function orchestrator.list_types() returns setof jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select type_json(y) from workflow_types y order by y.workflow_type;
$$;
