-- Which n8n an execution runs in: n8n's execution ids are unique only inside one n8n, and several with databases of their own
-- may share this one.
-- serves-code-from: 9

-- n8n's instance id, the same in all processes of one n8n. Null = not known: rows from before, and work outside of n8n. Such a
-- row is found by whoever names its n8n execution, as it was before.
-- The index executions_by_n8n finds what has this execution id, a row an n8n; the instance of those few is compared, and a
-- second column of 64 characters would only make the start of each execution write more.
alter table orchestrator.workflow_orchestration add n8n_instance text;
-- The archive keeps the same columns in the same order, and the view over both shows them before its own.
alter table orchestrator.archived_executions add n8n_instance text;
drop view orchestrator.history_executions;
create view orchestrator.history_executions as
	select *, false as archived from orchestrator.workflow_orchestration
	union all select *, true from orchestrator.archived_executions;
