-- Caller: mutexes.release: what one process gives back at the same time, in one transaction of its own, whose commit does
-- not wait for the disk. Elements: {lock, all} and a MutexRef.
-- Guard: as mutex_acquire_all. Answer: for each element, in the order given, {left}: what mutex_release answers; null =
-- give back alone, with mutex_release (the row was taken, or there is no such lock).
create or replace function orchestrator.mutex_release_all(p_releases jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_answers jsonb[] := array_fill(null::jsonb, array[jsonb_array_length(p_releases)]);
	v_locked text[] := mutex_lock_free(p_releases);
	v_each record;
begin
	for v_each in
		select r.place, r.value from jsonb_array_elements(p_releases) with ordinality r(value, place)
		where r.value ->> 'lock' = any (v_locked) order by r.value ->> 'lock', r.place
	loop
		v_answers[v_each.place] := jsonb_build_object('left',
			mutex_release(v_each.value ->> 'lock', v_each.value, (v_each.value ->> 'all')::boolean, true));
	end loop;
	return to_jsonb(v_answers);
end $$;
