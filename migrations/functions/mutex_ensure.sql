-- Caller: mutexes.ensure. Guard: mutex_acquire's.
-- Answer: MutexAnswer as jsonb: renewed when this execution holds the lock (not counted again), else an acquire.
create or replace function orchestrator.mutex_ensure(p_request jsonb) returns jsonb
language sql volatile set search_path = orchestrator, pg_temp as $$
	select mutex_acquire(p_request || '{"mode": "ensure"}');
$$;
