-- Caller: list_types, set_type. Promise: RegisteredType of core/queue/type.ts.
create or replace function orchestrator.type_json(p_row orchestrator.workflow_types) returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object('workflowType', p_row.workflow_type, 'title', p_row.title, 'weight', p_row.weight,
		'maxConcurrent', p_row.max_concurrent, 'batchSize', p_row.batch_size, 'batchMax', p_row.batch_max,
		'cadenceSeconds', p_row.cadence_seconds, 'queueLimitSeconds', p_row.queue_limit_seconds, 'limitSeconds', p_row.limit_seconds,
		'maxAttempts', p_row.max_attempts, 'backoffBaseSeconds', p_row.backoff_base_seconds,
		'backoffCeilingSeconds', p_row.backoff_ceiling_seconds, 'backoffJitterSeconds', p_row.backoff_jitter_seconds,
		'deliveryRetries', p_row.delivery_retries, 'deliveryBackoffSeconds', p_row.delivery_backoff_seconds,
		'deadLetterDays', p_row.dead_letter_days, 'pause', pause_json(p_row.paused_at, p_row.paused_reason, p_row.paused_by));
$$;
