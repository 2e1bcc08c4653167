-- The outside witness inside a test's database: a schema that the product does not know. Append-only, nothing unique.
create schema witness;

-- The sink's own log: what was really published, and how far the log of transitions was just then.
create table witness.effects (
	id bigint generated always as identity primary key,
	workflow_type text not null,
	idempotency_key text not null,
	task_id bigint not null,
	execution_id uuid not null,
	epoch integer not null,
	after_seq bigint not null,
	at timestamptz not null default clock_timestamp()
);
create function witness.note_effect() returns trigger language plpgsql as $$
begin
	insert into witness.effects (workflow_type, idempotency_key, task_id, execution_id, epoch, after_seq)
	values (new.workflow_type, new.idempotency_key, new.task_id, new.execution_id, new.epoch,
		coalesce(pg_sequence_last_value('orchestrator.state_transitions_seq_seq'), 0));
	return null;
end $$;
create trigger note_effect after insert or update on content.articles for each row execute function witness.note_effect();

-- Each stay in the queue with the time from which it counts; the log of transitions does not keep that.
create table witness.visits (
	task_id bigint not null,
	epoch integer not null,
	eligible_at timestamptz not null,
	primary key (task_id, epoch)
);
create function witness.note_visit() returns trigger language plpgsql as $$
begin
	insert into witness.visits (task_id, epoch, eligible_at) values (new.id, new.epoch, new.eligible_at)
	on conflict (task_id, epoch) do update set eligible_at = excluded.eligible_at;
	return null;
end $$;
create trigger note_visit after insert or update on orchestrator.tasks
	for each row when (new.state = 'queued') execute function witness.note_visit();

-- Each time that an outcome is written into a task, also where the state stays the same, which the log does not show.
create table witness.outcomes (
	id bigint generated always as identity primary key,
	task_id bigint not null,
	epoch integer not null,
	state text not null
);
create function witness.note_outcome() returns trigger language plpgsql as $$
begin
	insert into witness.outcomes (task_id, epoch, state) values (new.id, new.epoch, new.state);
	return null;
end $$;
create trigger note_outcome after update on orchestrator.tasks for each row
	when (new.state in ('succeeded', 'failed') and (old.state <> new.state or old.finished_at is distinct from new.finished_at))
	execute function witness.note_outcome();

-- Whoever publishes or settles writes here: the functions of the product run as their owner, to whom all this is unknown.
grant usage on schema witness to public;
grant select, insert, update on all tables in schema witness to public;
