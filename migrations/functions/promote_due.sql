-- Caller: claim, recover_expired: before they look at the queue.
-- Guard: locks due scheduled tasks, skips those that others hold. Answer: how many became queued; 0 = none was due.
create or replace function orchestrator.promote_due(p_limit integer) returns integer
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_promoted integer;
begin
	with due as materialized (
		select id from tasks where state = 'scheduled' and not_before <= clock_timestamp()
		order by not_before, id limit p_limit for update skip locked
	)
	update tasks t set state = 'queued', not_before = null, debounce_key = null from due where t.id = due.id;
	get diagnostics v_promoted = row_count;
	return v_promoted;
end $$;
