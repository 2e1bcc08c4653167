-- A type of which anything is in queue or archive stays: histories, the archive, retention and redrive ask it.
-- serves-code-from: 9

-- Placeholder, so that the trigger can name it; functions/ replaces it in the same transaction.
create function orchestrator.keep_used_type() returns trigger language plpgsql as $$ begin return old; end $$;

-- Types that were deleted while that was possible come back, paused: what they left behind is seen again.
insert into orchestrator.workflow_types (workflow_type, title, paused_at, paused_reason, paused_by)
select workflow_type, workflow_type, now(), 'had been deleted; tasks or executions of it are left', session_user
from (
	select workflow_type from orchestrator.tasks
	union select workflow_type from orchestrator.archived_tasks
	union select workflow_type from orchestrator.workflow_orchestration
	union select workflow_type from orchestrator.archived_executions) used
where workflow_type is not null
on conflict do nothing;

create trigger keep_used_type before delete or update of workflow_type on orchestrator.workflow_types
	for each row execute function orchestrator.keep_used_type();
