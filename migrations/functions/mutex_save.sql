-- Caller: every function that changed a lock, last.
-- Guard: the locked row of the caller. The count of waiters is taken from their table. Answer: nothing.
create or replace function orchestrator.mutex_save(p_guard orchestrator.mutexes, p_at timestamptz) returns void
language sql volatile set search_path = orchestrator, pg_temp as $$
	update mutexes set last_at = p_at, last_token = p_guard.last_token, acquisitions = p_guard.acquisitions, permits = p_guard.permits,
		holds = p_guard.holds, waiters = (select count(*) from mutex_waiters w where w.lock_name = p_guard.name)
	where name = p_guard.name;
$$;
