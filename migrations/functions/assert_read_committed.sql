-- Caller: every commit function, first statement.
-- Guard: raises OR001 in any other isolation level: a later statement must see what others committed while we waited
-- for a lock, else a counted cap is counted on an old snapshot (S8).
create or replace function orchestrator.assert_read_committed() returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	if current_setting('transaction_isolation') <> 'read committed' then
		raise exception 'this function needs READ COMMITTED, got %', current_setting('transaction_isolation')
			using errcode = 'OR001', hint = 'Call it outside of your transaction, or begin that one with READ COMMITTED.';
	end if;
end $$;
