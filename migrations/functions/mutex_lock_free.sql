-- Caller: mutex_acquire_all and mutex_release_all. p_calls: an array of objects with a “lock” each.
-- Guard: the locks' rows, in the order of their names, so that two calls never wait for each other in a circle. A row that
-- another transaction has is not waited for: that would hold up everybody else of this call.
-- Answer: names of the locks whose rows are this transaction's now; null = none (all are new, or their rows were taken).
-- Names are written out, as in mutex_acquire.
create or replace function orchestrator.mutex_lock_free(p_calls jsonb) returns text[]
language plpgsql volatile as $$
begin
	return (
		select array_agg(l.name) from (
			select m.name from orchestrator.mutexes m
			where m.name = any (array(select c ->> 'lock' from jsonb_array_elements(p_calls) c))
			order by m.name for update skip locked) l);
end $$;
