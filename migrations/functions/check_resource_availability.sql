-- Caller: resources.snapshot; an operator in psql. Reads only; may be stale when it is used (DESIGN §3).
-- Answer: {at, slots: {total, free}, queue: {scheduled, queued, claimed, running, mode: normal or batch}, types: [{workflowType,
-- paused, eligible,
-- topPriority, heldByPausedKeys, nextDueAt, oldestEligibleAt, running, maxConcurrent, batchSize, batchMax, limitSeconds, recent:
-- {tasks, failed,
-- msPerTask}, cadenceSeconds, lastClaimedAt, hasEndpoint}], models: [{provider, model, base_url, requestsPerMinute, requestsLastMinute}],
-- connections: {used, limit} of the calling login}. Eligible tasks are counted up to 2,000 a type; the queue as queue_depth does.
-- Example: select jsonb_pretty(orchestrator.check_resource_availability());
create or replace function orchestrator.check_resource_availability() returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'at', clock_timestamp(),
		'slots', (select jsonb_build_object('total', count(*), 'free', count(*) filter (where execution_id is null)) from execution_slots),
		'queue', (select jsonb_build_object('scheduled', d.scheduled, 'queued', d.queued, 'claimed', a.claimed, 'running', a.running,
			'mode', case (select m.value from orchestrator_metrics m where m.metric = 'batch_mode' order by m.recorded_at desc limit 1)
				when 1 then 'batch' else 'normal' end)
			from queue_depth() d cross join (
				select count(*) filter (where t.state = 'claimed') as claimed, count(*) filter (where t.state = 'running') as running
				from execution_slots s join workflow_orchestration e on e.id = s.execution_id
				join tasks t on t.id = any (e.task_ids) and t.execution_id = e.id) a),
		'types', (select jsonb_agg(jsonb_build_object(
			'workflowType', y.workflow_type, 'paused', y.paused_at is not null, 'eligible', q.eligible, 'topPriority', q.top,
			'heldByPausedKeys', exists (select 1 from fair_keys k where k.workflow_type = y.workflow_type and k.paused_at is not null
				and exists (select 1 from tasks t where t.state = 'queued' and t.fair_key = k.fair_key)),
			'nextDueAt', w.at,
			'oldestEligibleAt', q.oldest, 'running', a.active, 'maxConcurrent', y.max_concurrent, 'batchSize', y.batch_size, 'batchMax', y.batch_max,
			'limitSeconds', y.limit_seconds, 'recent', recent_work(y.workflow_type),
			'cadenceSeconds', y.cadence_seconds,
			'lastClaimedAt', (select max(e.created_at) from workflow_orchestration e where e.kind = 'dispatch' and e.workflow_type = y.workflow_type),
			'hasEndpoint', exists (select 1 from dispatch_addresses d where d.workflow_type = y.workflow_type)
			) order by y.workflow_type)
			from workflow_types y
			left join (
				select t.workflow_type, min(t.not_before) as at from (
					select workflow_type, not_before from tasks where state = 'scheduled' and not_before > clock_timestamp()
					order by not_before, id limit 1000) t group by 1) w using (workflow_type)
			cross join lateral eligible_tasks(y.workflow_type, 2000) q
			cross join lateral (
				select count(*) as active from execution_slots s
				where s.execution_id is not null and s.workflow_type = y.workflow_type) a),
		-- Two requests for each task in flight: outline and draft.
		'models', (select coalesce(jsonb_agg(jsonb_build_object(
			'provider', m.provider, 'model', m.model, 'base_url', m.base_url, 'requestsPerMinute', m.requests_per_minute,
			'requestsLastMinute',
				(select coalesce(sum(u.requests), 0) from workflow_resource_usage u
					where u.provider = m.provider and u.recorded_at > clock_timestamp() - interval '60 seconds')
				+ 2 * (select count(*) from execution_slots s join workflow_orchestration e on e.id = s.execution_id
					join tasks t on t.id = any (e.task_ids) and t.execution_id = e.id
					where e.model ->> 'provider' = m.provider)
			) order by m.provider), '[]') from llm_models m where m.enabled),
		'connections', jsonb_build_object(
			'used', (select count(*) from pg_stat_activity where usename = session_user),
			'limit', (select case when rolconnlimit < 0 then 20 else rolconnlimit end from pg_roles where rolname = session_user)));
$$;
