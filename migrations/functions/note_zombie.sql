-- Caller: runs.noteZombie after n8n was asked to stop an execution; p_ended = it answered that none runs (any more).
-- Guard: only one that was taken away and is not known to have ended. Answer: false = it is no zombie (any more).
create or replace function orchestrator.note_zombie(p_execution_id uuid, p_ended boolean) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
begin
	perform assert_read_committed();
	update workflow_orchestration set stop_asked_at = clock_timestamp(),
		n8n_ended_at = case when p_ended then clock_timestamp() end
	where id = p_execution_id and kind = 'dispatch' and status in ('expired', 'cancelled') and n8n_ended_at is null;
	return found;
end $$;
