-- Caller: mutex_acquire and clean_mutexes, under the guard row, with the clock read after it.
-- Guard: the guard row of the caller. Removes what ran out and writes down whose it was.
-- Answer: number of rows removed; 0 = nothing had run out.
create or replace function orchestrator.mutex_evict(p_lock text, p_at timestamptz) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_gone integer;
begin
	with gone as (
		delete from mutex_holds h where h.lock_name = p_lock and h.lease_until <= p_at returning h.*
	)
	insert into mutex_incidents (lock_name, kind, at, fencing_token, holder)
	select g.lock_name, case g.status when 'draining' then 'opened' else 'expired' end, p_at, g.fencing_token, mutex_holder_json(g)
	from gone g;
	get diagnostics v_gone = row_count;
	return v_gone;
end $$;
