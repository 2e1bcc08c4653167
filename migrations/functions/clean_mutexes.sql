-- Caller: recover_expired at every pass, and an operator in psql. Nobody's safety depends on it: an acquire removes what
-- ran out itself. This is for locks that nobody asks for any more.
-- Guard: each guard row without waiting for it. Answer: number of holds that had run out; 0 is the normal case.
create or replace function orchestrator.clean_mutexes(p_limit integer default 100, p_keep interval default interval '30 days') returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_name text;
	v_row mutexes;
	v_gone integer := 0;
begin
	perform assert_read_committed();
	for v_name in select distinct h.lock_name from mutex_holds h where h.lease_until <= clock_timestamp() limit p_limit loop
		select * into v_row from mutexes where name = v_name for update skip locked;
		continue when not found;
		v_gone := v_gone + mutex_evict(v_name, greatest(v_row.last_at, clock_timestamp()));
	end loop;
	delete from mutex_waiters where seen_until <= clock_timestamp() - interval '1 hour';
	delete from mutex_incidents where id in (
		select id from mutex_incidents where at < clock_timestamp() - p_keep order by at limit p_limit * 10);
	for v_name in select m.name from mutexes m where m.last_at < clock_timestamp() - p_keep limit p_limit loop
		perform 1 from mutexes where name = v_name and last_at < clock_timestamp() - p_keep for update skip locked;
		continue when not found;
		continue when exists (select 1 from mutex_holds where lock_name = v_name);
		delete from mutex_contention where lock_name = v_name;
		delete from mutex_waiters where lock_name = v_name;
		delete from mutexes where name = v_name;
	end loop;
	return v_gone;
end $$;
