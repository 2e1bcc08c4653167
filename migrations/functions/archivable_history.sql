-- Caller: `master-orchestrator archive --dry-run`; an operator in psql. Reads only.
-- Answer: {tasks, executions, runs}: what has ended more than p_older_than ago and is not archived. Those whose tree has a
-- member that lives, or that ended later, are counted and will stay.
-- Example: select orchestrator.archivable_history(interval '30 days');
create or replace function orchestrator.archivable_history(p_older_than interval default interval '30 days') returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'tasks', (select count(*) from workflow_types y cross join unnest(array['succeeded', 'dead', 'cancelled']::task_state[]) s(state)
			join tasks t on t.workflow_type = y.workflow_type and t.state = s.state and t.finished_at is not null
				and t.finished_at < now() - p_older_than),
		'executions', (select count(*) from workflow_orchestration e where e.kind = 'dispatch' and e.finished_at is not null
			and e.finished_at < now() - p_older_than),
		'runs', (select count(*) from workflow_orchestration e where e.kind = 'run' and e.finished_at is not null
			and e.finished_at < now() - p_older_than));
$$;
