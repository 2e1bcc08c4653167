-- Caller: every function that changes a lock, before it reads anything of it.
-- Guard: READ COMMITTED; makes the row at first use and locks it. The clock is read after this returns, as
-- greatest(last_at, clock_timestamp()), waiters in later statements (S8). Answer: the locked row, never null.
create or replace function orchestrator.mutex_guard(p_lock text) returns orchestrator.mutexes
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_row mutexes;
begin
	perform assert_read_committed();
	loop
		select * into v_row from mutexes where name = p_lock for update;
		if found then return v_row; end if;
		insert into mutexes (name) values (p_lock) on conflict do nothing;
	end loop;
end $$;
