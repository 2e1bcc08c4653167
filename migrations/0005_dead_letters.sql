-- Dead letters: one row a task that died, with the group of its error, until it is purged.
-- serves-code-from: 5

-- Gave way to find_tasks, which takes a filter.
drop function if exists orchestrator.list_tasks(text[], text, integer);

-- No foreign key: the task may move to the archive first, the letter stays until its time.
create table orchestrator.dead_letters (
	task_id bigint primary key,
	workflow_type text not null,
	fair_key text not null,
	status text not null default 'open' check (status in ('open', 'redriven', 'discarded')),
	-- failure_cause: the same for errors that differ only in numbers, ids, addresses and times.
	cause text not null,
	code text not null,
	message text not null,
	-- Why it died then, e.g. “5 of 5 attempts failed”.
	reason text not null,
	failures integer not null check (failures >= 1),
	system_state jsonb not null,
	-- S22: what a person chose for it in the end; by whom and when stands beside it.
	recovery_action text not null default 'none' check (recovery_action in ('none', 'redrive', 'discard')),
	died_at timestamptz not null,
	expires_at timestamptz not null check (expires_at > died_at),
	redrives integer not null default 0 check (redrives >= 0),
	redriven_at timestamptz,
	redriven_by text,
	discarded_at timestamptz,
	discarded_by text,
	constraint redriven_by_someone check ((redriven_at is null) = (redriven_by is null) and (redrives = 0) = (redriven_at is null)),
	constraint discarded_by_someone check ((discarded_at is null) = (discarded_by is null)),
	constraint status_is_dated check ((status = 'discarded') = (discarded_at is not null) and (status <> 'redriven' or redriven_at is not null))
);
create index open_letters on orchestrator.dead_letters (died_at, task_id) where status = 'open';
create index open_letters_by_cause on orchestrator.dead_letters (cause) where status = 'open';
create index letters_to_purge on orchestrator.dead_letters (expires_at);

insert into orchestrator.dead_letters (task_id, workflow_type, fair_key, cause, code, message, reason, failures, system_state, died_at, expires_at)
select t.id, t.workflow_type, t.fair_key, e.code, e.code, coalesce(t.error ->> 'message', 'no message'), 'died before the upgrade',
	greatest(1, t.attempts), '{}', t.finished_at, greatest(t.finished_at, now()) + make_interval(days => y.dead_letter_days)
from orchestrator.tasks t join orchestrator.workflow_types y using (workflow_type)
cross join lateral (select coalesce(t.error ->> 'code', 'UNKNOWN') as code) e
where t.state = 'dead';
