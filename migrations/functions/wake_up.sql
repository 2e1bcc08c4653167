-- Caller: commit functions after they made something possible (a due task, a free slot).
-- Guard: none. A hint without payload; Postgres folds equal ones of a transaction into one (S14).
create or replace function orchestrator.wake_up() returns void
language sql volatile set search_path = orchestrator, pg_temp as $$
	select pg_notify('orchestrator_wakeup', '');
$$;
