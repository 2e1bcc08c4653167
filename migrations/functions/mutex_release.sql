-- Caller: mutexes.release: one acquire undone, or with p_all everything of this execution (its end).
-- Guard: the lock's guard row; this execution, lease in force. A draining hold is left to its grace.
-- Answer: acquires that remain, 0 = this execution holds it no more; null = it did not hold it (lost, or a second call).
create or replace function orchestrator.mutex_release(p_lock text, p_ref jsonb, p_all boolean) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_guard mutexes;
	v_at timestamptz;
	v_own mutex_holds;
	v_left integer;
begin
	v_guard := mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_own := mutex_own_hold(p_lock, p_ref, v_at);
	if v_own.lock_name is null or v_own.status = 'draining' then return null; end if;
	v_left := case when p_all then 0 else v_own.count - 1 end;
	if v_left > 0 then
		update mutex_holds set count = v_left
		where lock_name = p_lock and instance = v_own.instance and execution_id = v_own.execution_id and era = v_own.era;
	else
		delete from mutex_holds
		where lock_name = p_lock and instance = v_own.instance and execution_id = v_own.execution_id and era = v_own.era;
	end if;
	update mutexes set last_at = v_at where name = p_lock;
	return v_left;
end $$;
