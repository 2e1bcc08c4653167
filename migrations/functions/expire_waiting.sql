-- Caller: recover_expired. Buries tasks that waited past their deadline (expires_at), apart from the deadline for running.
-- One that raises stays as it is, with an open anomaly recovery_failed; the others are buried.
-- Guard: locks scheduled and queued tasks, skips those that others hold. Answer: how many died.
create or replace function orchestrator.expire_waiting(p_limit integer) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_task tasks;
	v_dead integer := 0;
begin
	for v_task in
		select * from tasks where state in ('scheduled', 'queued') and expires_at <= clock_timestamp()
			and not failed_recovery(id::text)
		order by expires_at limit p_limit for update skip locked
	loop
		begin
			perform bury_task(v_task, null, jsonb_build_object('code', 'WAITED_TOO_LONG', 'message', format(
				'The task was still %s at its deadline for waiting, %s.', v_task.state, to_json(v_task.expires_at) #>> '{}')),
				'its deadline for waiting passed');
			v_dead := v_dead + 1;
		exception when others then
			if passes_by_itself(sqlstate) then raise; end if;
			perform record_recovery_failure('task', v_task.id::text, sqlstate, sqlerrm);
		end;
	end loop;
	return v_dead;
end $$;
