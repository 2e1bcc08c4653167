-- Caller: mutex_release_all, and mutexes.release for a lock whose row another transaction has. One acquire undone, or
-- with p_all everything of this execution (its end).
-- Guard: the lock's row; this execution, lease in force. The only hold goes by one update, which looks again when it had
-- to wait for the row. A draining hold is left to its grace.
-- p_lazy: the commit does not wait for the disk; only for a caller to whom the whole transaction belongs. Names are
-- written out, as in mutex_acquire.
-- Answer: acquires that remain, 0 = this execution holds it no more; null = it did not hold it (lost, or a second call).
create or replace function orchestrator.mutex_release(p_lock text, p_ref jsonb, p_all boolean, p_lazy boolean default false) returns integer
language plpgsql volatile as $$
declare
	v_guard orchestrator.mutexes;
	v_at timestamptz;
	v_own orchestrator.mutex_hold;
begin
	if current_setting('transaction_isolation') <> 'read committed' then perform orchestrator.assert_read_committed(); end if;
	if p_lazy then perform set_config('synchronous_commit', 'off', true); end if;
	update orchestrator.mutexes m set holds = '{}', last_at = greatest(m.last_at, clock_timestamp())
	where m.name = p_lock and cardinality(m.holds) = 1
		and m.holds[1].instance = p_ref ->> 'instance' and m.holds[1].execution_id = p_ref ->> 'executionId' and m.holds[1].era = p_ref ->> 'era'
		and (p_ref ->> 'session' is null or m.holds[1].session = (p_ref ->> 'session')::uuid) and m.holds[1].status <> 'draining'
		and (p_all or m.holds[1].count = 1) and m.holds[1].lease_until > greatest(m.last_at, clock_timestamp());
	if found then return 0; end if;

	v_guard := orchestrator.mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_own := orchestrator.mutex_own_hold(v_guard.holds, p_ref, v_at);
	if v_own.status is null or v_own.status = 'draining' then return null; end if;
	v_own.count := case when p_all then 0 else v_own.count - 1 end;
	v_guard.holds := orchestrator.mutex_put_hold(v_guard.holds, v_own);
	perform orchestrator.mutex_save(v_guard, v_at);
	return v_own.count;
end $$;
