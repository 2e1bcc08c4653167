-- Caller: everything that changes a run. Guard rows first (S8): the heartbeat slot is locked before the run.
create or replace function orchestrator.lock_run_slot(p_run_id uuid) returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	perform 1 from heartbeats h where h.run_id = p_run_id for update;
end $$;
