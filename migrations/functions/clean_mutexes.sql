-- Caller: recover_expired at every pass, and an operator in psql. Nobody's safety depends on it: an acquire removes what
-- ran out itself. This is for locks that nobody asks for any more.
-- Guard: each lock's row without waiting for it. Answer: number of holds that had run out; 0 is the normal case.
-- Example: select orchestrator.clean_mutexes();
create or replace function orchestrator.clean_mutexes(p_limit integer default 100, p_keep interval default interval '30 days') returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_name text;
	v_row mutexes;
	v_at timestamptz;
	v_holds mutex_hold[];
	v_gone integer := 0;
begin
	perform assert_read_committed();
	for v_name in
		select m.name from mutexes m where exists (select from unnest(m.holds) h where h.lease_until <= clock_timestamp())
			or m.waiters > 0 and exists (select from mutex_waiters w where w.lock_name = m.name and w.seen_until <= clock_timestamp() - interval '1 hour')
		limit p_limit
	loop
		select * into v_row from mutexes where name = v_name for update skip locked;
		continue when not found;
		v_at := greatest(v_row.last_at, clock_timestamp());
		v_holds := mutex_evict(v_row, v_at);
		v_gone := v_gone + cardinality(v_row.holds) - cardinality(v_holds);
		v_row.holds := v_holds;
		delete from mutex_waiters where lock_name = v_name and seen_until <= v_at - interval '1 hour';
		perform mutex_save(v_row, v_at);
	end loop;
	delete from mutex_incidents where id in (
		select id from mutex_incidents where at < clock_timestamp() - p_keep order by at limit p_limit * 10);
	for v_name in select m.name from mutexes m where m.last_at < clock_timestamp() - p_keep and cardinality(m.holds) = 0 limit p_limit loop
		perform 1 from mutexes where name = v_name and last_at < clock_timestamp() - p_keep and cardinality(holds) = 0 for update skip locked;
		continue when not found;
		delete from mutex_contention where lock_name = v_name;
		delete from mutex_waiters where lock_name = v_name;
		delete from mutexes where name = v_name;
	end loop;
	return v_gone;
end $$;
