-- Caller: an operator (Release with “force”, or psql), for a lock that is stuck or draining.
-- Guard: the lock's row. A null token opens the lock altogether; else only the holder with that token goes.
-- Answer: number of holders (tokens) removed; 0 = there was none. Each is written down as forced.
-- Example: select orchestrator.mutex_force_release('shared');
create or replace function orchestrator.mutex_force_release(p_lock text, p_token bigint default null) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_guard mutexes;
	v_at timestamptz;
	v_gone integer;
begin
	if not exists (select 1 from mutexes where name = p_lock) then return 0; end if;
	v_guard := mutex_guard(p_lock);
	v_at := greatest(v_guard.last_at, clock_timestamp());
	v_guard.holds := mutex_evict(v_guard, v_at);
	with noted as (
		insert into mutex_incidents (lock_name, kind, at, fencing_token, holder)
		select p_lock, 'forced', v_at, h.fencing_token, mutex_holder_json(h)
		from unnest(v_guard.holds) h where p_token is null or h.fencing_token = p_token
		returning fencing_token
	)
	select count(distinct fencing_token) into v_gone from noted;
	v_guard.holds := array(select h from unnest(v_guard.holds) h where p_token is not null and h.fencing_token <> p_token);
	perform mutex_save(v_guard, v_at);
	return v_gone;
end $$;
