-- Caller: row trigger before DELETE, and before UPDATE of its name, on workflow_types.
-- Guard: OR005 when the queue or the archive has a task or execution of the type: its histories, retention and retries would
-- find nothing any more. 55P03 when tasks are being written for longer than half a second: the deletion waits for them, so that
-- none is enqueued beside it, and gives up before the queue has to wait for the deletion.
create or replace function orchestrator.keep_used_type() returns trigger
language plpgsql volatile set search_path = orchestrator, pg_temp set lock_timeout = '500ms' as $$
begin
	if tg_op = 'UPDATE' and new.workflow_type = old.workflow_type then return new; end if;
	begin
		lock table tasks in share row exclusive mode;
	exception when lock_not_available then
		raise exception 'tasks are being written just now, so that nobody can say whether any is of type "%"', old.workflow_type
			using errcode = '55P03', hint = 'Nothing was changed. Try again in a moment.';
	end;
	if exists (select from archived_tasks where workflow_type = old.workflow_type)
		or exists (select from tasks where workflow_type = old.workflow_type)
		or exists (select from workflow_orchestration where workflow_type = old.workflow_type)
		or exists (select from archived_executions where workflow_type = old.workflow_type) then
		raise exception 'the workflow type "%" has tasks or executions in the queue or its history, and can be neither deleted nor renamed', old.workflow_type
			using errcode = 'OR005', hint = format('To retire it: select orchestrator.pause_queue(''{"workflowType": "%s"}'', ''your name'', ''retired''); then cancel what waits.', old.workflow_type);
	end if;
	return case tg_op when 'DELETE' then old else new end;
end $$;
