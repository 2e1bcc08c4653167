-- Caller: mutexes.inspect, and an operator in psql. Guard: none, reads only.
-- Answer: {lock, permits, acquisitions, lastToken, holders, overdue (both as [{instance, executionId, workflowId, workflowName, nodeName,
-- parentExecutionId, fencingToken, count, status, acquiredAt, renewedAt, leaseUntil}]), waiters: [{instance, workflowId,
-- workflowName, executionId,
-- nodeName, since}], contention: [{workflowId, workflowName, blockedById, blockedByName, waited, gaveUp, skipped, failed, waitedMsTotal,
-- waitedMsMax, lastAt}], incidents: [{kind, at, fencingToken, holder}]} a lock; a null name = every lock with holders or waiters,
-- 100 at most.
-- No row = nobody ever asked for this lock. Holders whose lease is over hold nothing: they stand apart under overdue,
-- until the next acquire or recovery writes them down as incidents.
-- Example: select orchestrator.mutex_inspect('shared');
create or replace function orchestrator.mutex_inspect(p_lock text default null) returns setof jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object('lock', m.name, 'permits', m.permits, 'acquisitions', m.acquisitions, 'lastToken', m.last_token,
		'holders', coalesce((select jsonb_agg(mutex_holder_json(h) order by h.fencing_token, h.acquired_at)
			from unnest(m.holds) h where h.lease_until > clock_timestamp()), '[]'),
		'overdue', coalesce((select jsonb_agg(mutex_holder_json(h) order by h.lease_until)
			from unnest(m.holds) h where h.lease_until <= clock_timestamp()), '[]'),
		'waiters', coalesce((select jsonb_agg(jsonb_build_object('instance', w.instance, 'workflowId', w.workflow_id,
				'workflowName', w.workflow_name, 'executionId', w.execution_id, 'nodeName', w.node_name, 'since', w.since) order by w.since)
			from mutex_waiters w where w.lock_name = m.name and w.seen_until > clock_timestamp()), '[]'),
		'contention', coalesce((select jsonb_agg(jsonb_build_object('workflowId', c.workflow_id, 'workflowName', c.workflow_name,
				'blockedById', c.blocked_by_id, 'blockedByName', c.blocked_by_name, 'waited', c.waited, 'gaveUp', c.gave_up,
				'skipped', c.skipped, 'failed', c.failed, 'waitedMsTotal', c.waited_ms_total, 'waitedMsMax', c.waited_ms_max,
				'lastAt', c.last_at) order by c.last_at desc)
			from (select * from mutex_contention c where c.lock_name = m.name order by c.last_at desc limit 50) c), '[]'),
		'incidents', coalesce((select jsonb_agg(jsonb_build_object('kind', i.kind, 'at', i.at, 'fencingToken', i.fencing_token,
				'holder', i.holder) order by i.id desc)
			from (select * from mutex_incidents i where i.lock_name = m.name order by i.id desc limit 20) i), '[]'))
	from mutexes m
	where case when p_lock is not null then m.name = p_lock
		else cardinality(m.holds) > 0 or m.waiters > 0 end
	order by m.name limit 100;
$$;
