-- Recovery: secrets are removed from every error that is stored; anomalies with a row each; executions known to run on in n8n
-- although they were taken away; nothing live is deleted, and nothing begins in the middle.
-- serves-code-from: 7

-- Placeholders, so that triggers can name them; functions/ replaces them in the same transaction.
create function orchestrator.redact_error() returns trigger language plpgsql as $$ begin return new; end $$;
create function orchestrator.redact_failure() returns trigger language plpgsql as $$ begin return new; end $$;
create function orchestrator.guard_live_rows() returns trigger language plpgsql as $$ begin return null; end $$;

-- By whatever path an error comes, psql included. Costs nothing where the error is null or not written.
create trigger redact_task_error before update of error on orchestrator.tasks
	for each row when (new.error is not null) execute function orchestrator.redact_error();
create trigger redact_execution_error before update of error on orchestrator.workflow_orchestration
	for each row when (new.error is not null) execute function orchestrator.redact_error();
create trigger redact_failure before insert on orchestrator.failures
	for each row execute function orchestrator.redact_failure();

-- A live row may end, not vanish: the work behind it would be lost without a word.
create trigger keep_live_tasks after delete on orchestrator.tasks
	referencing old table as old_rows for each statement execute function orchestrator.guard_live_rows();
create trigger keep_live_executions after delete on orchestrator.workflow_orchestration
	referencing old table as old_rows for each statement execute function orchestrator.guard_live_rows();

create function orchestrator.refuse_new_id() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger keep_task_id before update of id on orchestrator.tasks
	for each row when (new.id is distinct from old.id) execute function orchestrator.refuse_new_id();
create trigger keep_execution_id before update of id on orchestrator.workflow_orchestration
	for each row when (new.id is distinct from old.id) execute function orchestrator.refuse_new_id();

-- Where life begins: an INSERT in any other state is refused. Same rows as INITIAL_STATES in core/task/transitions.ts.
create table orchestrator.initial_states (
	entity text not null check (entity in ('task', 'execution', 'run')),
	state text not null,
	event text not null,
	primary key (entity, state)
);
insert into orchestrator.initial_states (entity, state, event) values
	('task', 'scheduled', 'delay'),
	('task', 'queued', 'enqueue'),
	('execution', 'claimed', 'claim'),
	('run', 'IDLE', 'begin');

-- S10: an execution that was taken away may run on in n8n. Known to have ended when its report came, its hook ran, or a stop
-- was confirmed.
alter table orchestrator.workflow_orchestration
	add n8n_ended_at timestamptz,
	add stop_asked_at timestamptz;
-- The archive keeps the same columns in the same order, and the view over both shows them before its own.
alter table orchestrator.archived_executions
	add n8n_ended_at timestamptz,
	add stop_asked_at timestamptz;
drop view orchestrator.history_executions;
create view orchestrator.history_executions as
	select *, false as archived from orchestrator.workflow_orchestration
	union all select *, true from orchestrator.archived_executions;
create index zombies on orchestrator.workflow_orchestration (finished_at)
	where started_at is not null and n8n_ended_at is null and status in ('expired', 'cancelled');

create index finished_heartbeats on orchestrator.heartbeats (slot_at) where finished_at is not null;
create index pending_receipts on orchestrator.callback_receipts (received_at) where outcome = 'pending';

-- S22: what should never be found, with what is done about it and when it is over.
create table orchestrator.anomaly_kinds (
	kind text primary key,
	detector text not null,
	threshold text not null,
	-- The SQL function or command that repairs it.
	procedure text not null,
	action text not null,
	exit_criterion text not null
);
insert into orchestrator.anomaly_kinds (kind, detector, threshold, procedure, action, exit_criterion) values
	('stuck_run', 'expire_run', 'its lease of 300 s ran out', 'expire_run',
		'The run ends in ERROR_RECOVERY; its slot may be taken over.', 'The run has ended.'),
	('slot_without_execution', 'find_anomalies', 'at once', 'free_orphaned_slot',
		'The slot is freed.', 'The slot is free or has an active execution.'),
	('execution_without_slot', 'find_anomalies', 'at once', 'expire_orphan',
		'The execution is expired and its tasks fail, so that they are tried again.', 'The execution has ended.'),
	('task_without_execution', 'find_anomalies (deep)', 'at once', 'fail_orphaned_task',
		'The task fails, so that it is tried again.', 'The task is not claimed, or its execution is active.'),
	('clock_backwards', 'find_anomalies', '1 s', 'rebase_clocks',
		'Leases and deadlines that reach too far ahead are cut to their length from now.',
		'The clock of the database has passed the latest time that it wrote.'),
	('missed_heartbeats', 'find_anomalies', '2 intervals', 'recover_expired',
		'The pass that found it catches up with everything that is due; look why no heartbeat ran.', 'A heartbeat was completed.'),
	('zombie', 'find_anomalies', 'at once, for 24 h', 'master-orchestrator recover --stop-zombies',
		'Its next node of ours stops it; n8n is asked to stop it where a key is given. Nothing that it reports is applied.',
		'It reported, ended or was stopped, or a day has passed.'),
	('unsettled_receipt', 'find_anomalies', '60 s', 'release_receipt',
		'The receipt is withdrawn, so that the repeated callback is applied.', 'No receipt is pending.');

create table orchestrator.anomalies (
	id bigint generated always as identity primary key,
	kind text not null references orchestrator.anomaly_kinds,
	entity text not null,
	entity_id text not null,
	detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object'),
	detector text not null,
	threshold text not null,
	-- What was done, and what came of it: {procedure, result}.
	action jsonb not null default '{}' check (jsonb_typeof(action) = 'object'),
	detected_at timestamptz not null default clock_timestamp(),
	last_seen_at timestamptz not null default clock_timestamp(),
	resolved_at timestamptz,
	resolution text,
	constraint resolved_with_reason check ((resolved_at is null) = (resolution is null))
);
create unique index one_open_anomaly_each on orchestrator.anomalies (kind, entity_id) where resolved_at is null;
create index anomalies_by_time on orchestrator.anomalies (detected_at);
