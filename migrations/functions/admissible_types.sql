-- Caller: claim, after it locked the types: quotas of the plan that pass every gate of the type.
-- Gates: paused, no address, cadence, the type's own cap. Answer: room = executions it may start now; no row = held.
create or replace function orchestrator.admissible_types(p_plan jsonb)
returns table (
	workflow_type text, batch_size integer, room integer, deployment text, endpoint_url text, callback_url text,
	limit_seconds integer, dispatch_lease_seconds numeric
)
language plpgsql stable set search_path = orchestrator, pg_temp as $$
#variable_conflict use_column
begin
	return query
	select y.workflow_type, greatest(1, least((q ->> 'batchSize')::integer, y.batch_max)),
		least((q ->> 'maxExecutions')::integer, y.max_concurrent - a.active, case when y.cadence_seconds is not null then 1 else 1000 end),
		d.deployment, d.endpoint_url, d.callback_url, y.limit_seconds, y.dispatch_lease_seconds
	from jsonb_array_elements(p_plan -> 'quotas') q
	join workflow_types y on y.workflow_type = q ->> 'workflowType'
	join dispatch_addresses d on d.workflow_type = y.workflow_type
	cross join lateral (
		select count(*)::integer as active from execution_slots s
		where s.execution_id is not null and s.workflow_type = y.workflow_type) a
	where y.paused_at is null and a.active < y.max_concurrent and (q ->> 'maxExecutions')::integer > 0
		and (y.cadence_seconds is null or not exists (
			select 1 from workflow_orchestration e where e.kind = 'dispatch' and e.workflow_type = y.workflow_type
				and e.created_at > clock_timestamp() - make_interval(secs => y.cadence_seconds)));
end $$;
