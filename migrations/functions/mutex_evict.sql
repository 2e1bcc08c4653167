-- Caller: mutex_acquire, mutex_force_release and clean_mutexes, with the locked row and the clock read after it.
-- Guard: the locked row of the caller. Writes down whose hold ran out. Answer: the holds that are in force.
create or replace function orchestrator.mutex_evict(p_guard orchestrator.mutexes, p_at timestamptz) returns orchestrator.mutex_hold[]
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	insert into mutex_incidents (lock_name, kind, at, fencing_token, holder)
	select p_guard.name, case h.status when 'draining' then 'opened' else 'expired' end, p_at, h.fencing_token, mutex_holder_json(h)
	from unnest(p_guard.holds) h where h.lease_until <= p_at;
	if not found then return p_guard.holds; end if;
	return array(select h from unnest(p_guard.holds) h where h.lease_until > p_at);
end $$;
