-- Caller: recover_expired. Removes letters past their time (workflow_types.dead_letter_days); their tasks stay in the history.
-- Guard: skips letters that others hold. Answer: how many went.
create or replace function orchestrator.purge_dead_letters(p_limit integer) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_purged integer;
begin
	with due as materialized (
		select task_id from dead_letters where expires_at <= clock_timestamp() order by expires_at limit p_limit for update skip locked
	)
	delete from dead_letters d using due where d.task_id = due.task_id;
	get diagnostics v_purged = row_count;
	return v_purged;
end $$;
