-- Caller: queue.whyIdle, explain_task, tests. Reads only. Promise: what a claim would see now, ClaimSnapshot of
-- core/queue/claim-snapshot.ts.
-- Of each (key, priority) the first p_depth in line; null = as many as a default claim can take, at most 1,000.
create or replace function orchestrator.claim_snapshot(p_depth integer default null) returns jsonb
language plpgsql stable set search_path = orchestrator, pg_temp set enable_seqscan = off as $$
declare
	v_slots jsonb;
	v_depth integer;
begin
	select jsonb_build_object('total', count(*), 'free', count(*) filter (where execution_id is null)),
		least(greatest(1, coalesce(p_depth, (count(*) filter (where execution_id is null)
			* (select max(batch_size) from workflow_types))::integer)), 1000)
	into v_slots, v_depth from execution_slots;
	return jsonb_build_object('at', now(), 'slots', v_slots, 'types', (
		with waiting as materialized (
			select t.workflow_type, min(t.not_before) as at from (
				select workflow_type, not_before from tasks where state = 'scheduled' and not_before > clock_timestamp()
				order by not_before, id limit 10000) t group by 1
		)
		select coalesce(jsonb_agg(jsonb_build_object('workflowType', y.workflow_type,
			'pause', pause_json(y.paused_at, y.paused_reason, y.paused_by),
			'hasEndpoint', exists (select 1 from dispatch_addresses d where d.workflow_type = y.workflow_type),
			'cadenceSeconds', y.cadence_seconds,
			'cadenceOpensAt', (select max(e.created_at) + make_interval(secs => y.cadence_seconds) from workflow_orchestration e
				where e.kind = 'dispatch' and e.workflow_type = y.workflow_type
					and e.created_at > clock_timestamp() - make_interval(secs => y.cadence_seconds)),
			'running', (select count(*) from execution_slots s where s.execution_id is not null and s.workflow_type = y.workflow_type),
			'maxConcurrent', y.max_concurrent, 'batchSize', y.batch_size, 'batchMax', y.batch_max, 'nextDueAt', w.at)
			order by y.workflow_type), '[]')
		from workflow_types y left join waiting w using (workflow_type)
	), 'keys', (
		-- What the claim promotes before it looks counts as queued.
		with due as materialized (
			select fair_key, id, priority, eligible_at, expires_at from tasks
			where state = 'scheduled' and not_before <= clock_timestamp() order by not_before, id limit 500
		), lines as materialized (
			select k.fair_key, h.* from fair_keys k cross join generate_series(1, 10) p cross join lateral (
				select t.id, t.priority, t.eligible_at, t.expires_at from tasks t
				where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
				order by t.eligible_at, t.id limit v_depth) h
			union all select * from due
		), of_key as materialized (
			select fair_key, jsonb_agg(jsonb_build_object('taskId', id::text, 'priority', priority, 'eligibleAt', eligible_at,
				'expired', coalesce(expires_at <= clock_timestamp(), false)) order by eligible_at, id) as line
			from lines group by 1
		), running as materialized (
			select fair_key, count(*) as n from execution_slots where execution_id is not null group by 1
		)
		select coalesce(jsonb_agg(jsonb_build_object('fairKey', k.fair_key, 'workflowType', k.workflow_type, 'weight', k.weight,
			'pause', pause_json(k.paused_at, k.paused_reason, k.paused_by), 'running', coalesce(r.n, 0), 'line', coalesce(l.line, '[]'))
			order by k.fair_key), '[]')
		from fair_keys k left join of_key l using (fair_key) left join running r using (fair_key)
		where l.line is not null or r.n > 0 or k.paused_at is not null));
end $$;
