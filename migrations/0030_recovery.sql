-- Recovery: secrets are removed from every error that is stored; anomalies with a row each; executions known to run on in n8n
-- although they were taken away; nothing live is deleted, and nothing begins in the middle.
-- serves-code-from: 3

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
