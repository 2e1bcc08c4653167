-- Caller: mutex_busy, mutex_take and mutex_stop_waiting, with the lock's row locked.
-- Guard: the locked row of the caller. Counts one outcome (waited | gave_up | skipped | failed) of a workflow that found
-- the lock taken by another. Answer: nothing.
create or replace function orchestrator.mutex_contend(
	p_lock text, p_workflow_id text, p_workflow_name text, p_blocked_by_id text, p_blocked_by_name text,
	p_outcome text, p_waited_ms bigint, p_at timestamptz
) returns void
language sql volatile set search_path = orchestrator, pg_temp as $$
	insert into mutex_contention as c (lock_name, workflow_id, workflow_name, blocked_by_id, blocked_by_name,
		waited, gave_up, skipped, failed, waited_ms_total, waited_ms_max, last_at)
	values (p_lock, p_workflow_id, p_workflow_name, p_blocked_by_id, p_blocked_by_name,
		(p_outcome = 'waited')::integer, (p_outcome = 'gave_up')::integer, (p_outcome = 'skipped')::integer, (p_outcome = 'failed')::integer,
		greatest(p_waited_ms, 0), greatest(p_waited_ms, 0), p_at)
	on conflict (lock_name, workflow_id, blocked_by_id) do update set
		workflow_name = excluded.workflow_name, blocked_by_name = excluded.blocked_by_name,
		waited = c.waited + excluded.waited, gave_up = c.gave_up + excluded.gave_up,
		skipped = c.skipped + excluded.skipped, failed = c.failed + excluded.failed,
		waited_ms_total = c.waited_ms_total + excluded.waited_ms_total,
		waited_ms_max = greatest(c.waited_ms_max, excluded.waited_ms_max), last_at = excluded.last_at;
$$;
