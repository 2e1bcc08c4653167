-- Caller: runs.fail. ERROR_RECOVERY with the error; callbacks and leases go on.
-- Guard: that of end_run. Answer: false = it had ended before.
create or replace function orchestrator.fail_run(p_id uuid, p_error jsonb) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	perform assert_read_committed();
	perform set_actor('fail', jsonb_build_object('error', p_error));
	return end_run(p_id, 'ERROR_RECOVERY', p_error);
end $$;
