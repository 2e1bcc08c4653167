-- Caller: runs.transition; an operator in psql. Moves a run and renews its lease and its slot's.
-- Guard: the row's lock; the trigger raises OR002 on an illegal pair. OR005: no such run. Executions of tasks have their
-- own functions (accept, start, settle), which keep tasks and slot in step.
-- Answer: false = it is in that state already, or a COMPLETED heartbeat had lost its slot (see end_run).
-- Keys (p_context): any; they are added to the run's context, of ERROR_RECOVERY they are its error.
-- Example: select orchestrator.update_execution_status(id, 'MONITORING') from orchestrator.workflow_orchestration where kind = 'run' and status = 'ANALYZING';
create or replace function orchestrator.update_execution_status(p_id uuid, p_status text, p_context jsonb default '{}') returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_row workflow_orchestration;
	v_at timestamptz;
begin
	perform assert_read_committed();
	perform lock_run_slot(p_id);
	select * into v_row from workflow_orchestration where id = p_id and kind = 'run' for update;
	if not found then raise exception 'there is no run %', p_id using errcode = 'OR005'; end if;
	if v_row.status = p_status then return false; end if;
	if v_row.finished_at is not null then
		perform illegal_transition(format('run %s', p_id), v_row.status, p_status);
	end if;
	if p_status in ('COMPLETED', 'ERROR_RECOVERY') then
		perform set_actor('run:' || v_row.owner, p_context);
		return end_run(p_id, p_status, case p_status when 'ERROR_RECOVERY' then p_context end);
	end if;
	v_at := greatest(v_row.last_at, clock_timestamp());
	perform set_actor('run:' || v_row.owner, p_context);
	update workflow_orchestration set status = p_status, last_at = v_at, lease_until = v_at + interval '300 seconds',
		context = context || redact(p_context)
	where id = p_id and status = v_row.status;
	update heartbeats set last_at = greatest(last_at, v_at), lease_until = greatest(lease_until, v_at + interval '60 seconds')
	where slot_key = v_row.slot_key and epoch = v_row.slot_epoch and finished_at is null;
	return true;
end $$;
