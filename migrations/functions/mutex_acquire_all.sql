-- Caller: mutexes.acquire and mutexes.ensure: what one process asks for at the same time, in one transaction.
-- Guard: the locks' rows that nobody else has (mutex_lock_free), then each request in the order of the names.
-- Answer: for each request, in the order given, a MutexAnswer, or null = ask alone, with mutex_acquire (the lock is new,
-- or its row was taken).
create or replace function orchestrator.mutex_acquire_all(p_requests jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_answers jsonb[] := array_fill(null::jsonb, array[jsonb_array_length(p_requests)]);
	v_locked text[] := mutex_lock_free(p_requests);
	v_place integer;
begin
	for v_place in
		select r.place from jsonb_array_elements(p_requests) with ordinality r(request, place)
		where r.request ->> 'lock' = any (v_locked) order by r.request ->> 'lock', r.place
	loop
		v_answers[v_place] := mutex_acquire(p_requests -> (v_place - 1));
	end loop;
	return to_jsonb(v_answers);
end $$;
