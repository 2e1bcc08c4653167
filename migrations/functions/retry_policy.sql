-- Caller: fail_task, refuse_execution. Promise: S3's and S4's numbers of one task: its overrides, else its type's. Seconds.
create or replace function orchestrator.retry_policy(
	p_task orchestrator.tasks,
	out max_attempts integer, out backoff_base numeric, out backoff_ceiling numeric, out backoff_jitter numeric,
	out delivery_base numeric, out delivery_retries integer
)
language sql stable set search_path = orchestrator, pg_temp as $$
	select coalesce((p_task.overrides ->> 'maxAttempts')::integer, y.max_attempts),
		coalesce((p_task.overrides ->> 'backoffBaseSeconds')::numeric, y.backoff_base_seconds),
		greatest(coalesce((p_task.overrides ->> 'backoffCeilingSeconds')::numeric, y.backoff_ceiling_seconds),
			coalesce((p_task.overrides ->> 'backoffBaseSeconds')::numeric, y.backoff_base_seconds)),
		coalesce((p_task.overrides ->> 'backoffJitterSeconds')::numeric, y.backoff_jitter_seconds),
		y.delivery_backoff_seconds,
		coalesce((p_task.overrides ->> 'deliveryRetries')::integer, y.delivery_retries)
	from workflow_types y where y.workflow_type = p_task.workflow_type;
$$;
