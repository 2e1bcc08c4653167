-- Recovery goes on past what it cannot recover; the log names both parents on every row.
-- serves-code-from: 8

insert into orchestrator.anomaly_kinds (kind, detector, threshold, procedure, action, exit_criterion) values
	('recovery_failed', 'recover_expired', 'at once', 'recover_expired',
		'It is left as it was and tried again after a minute; everything else is recovered. The detail has the error: remove its cause.',
		'It was recovered, or needs no recovery any more.');

update orchestrator.anomaly_kinds set
	action = 'What lies ahead of the clock counts as written now: leases, deadlines, finished slots, cadences, the place where claims look.'
where kind = 'clock_backwards';

-- A task that another task enqueued, as parent_execution_id is the execution or run that did.
drop view orchestrator.history_transitions;
alter table orchestrator.state_transitions add parent_task_id bigint;
alter table orchestrator.archived_transitions add parent_task_id bigint;
create view orchestrator.history_transitions as
	select *, false as archived from orchestrator.state_transitions
	union all select *, true from orchestrator.archived_transitions;
