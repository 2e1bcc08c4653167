-- Named locks: who holds, who waits, who waited for whom, what went wrong.
-- serves-code-from: 1
-- A lock's guard row is locked first by every function that changes anything of that lock; none locks two guards at a
-- time except clean_mutexes, which never waits for one.

-- Strictly increasing per lock, because it is drawn under the lock's guard row; it outlives a cleaned-up guard row.
create sequence orchestrator.mutex_fencing_tokens;

-- The guard row. Changed at every acquire and release: room on the page keeps these updates in place.
create table orchestrator.mutexes (
	name text primary key check (char_length(name) between 1 and 200),
	-- Of the last acquire; each holder keeps its own, and the smallest counts.
	permits integer not null default 1 check (permits between 1 and 1000),
	last_token bigint not null default 0 check (last_token >= 0),
	acquisitions bigint not null default 0 check (acquisitions >= 0),
	last_at timestamptz not null default '-infinity',
	created_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);

-- One row per execution that holds a lock. Those that run under their caller's lock carry its fencing token: holders
-- are counted by distinct tokens, and the lock opens when the last row of a token has gone.
create table orchestrator.mutex_holds (
	lock_name text not null,
	instance text not null check (instance <> ''),
	execution_id text not null check (execution_id <> ''),
	-- Tells executions of two instances with one encryption key apart; empty = unknown.
	era text not null default '',
	-- The node run that renews; a later acquire of the same execution takes over.
	session uuid not null,
	workflow_id text not null,
	workflow_name text not null,
	node_name text not null,
	parent_execution_id text,
	permits integer not null check (permits between 1 and 1000),
	fencing_token bigint not null check (fencing_token > 0),
	-- Acquires not yet released.
	count integer not null default 1 check (count >= 1),
	status text not null default 'held' check (status in ('held', 'parked', 'draining')),
	-- For draining: when it opens by itself.
	lease_until timestamptz not null,
	acquired_at timestamptz not null,
	renewed_at timestamptz not null,
	primary key (lock_name, instance, execution_id, era)
) with (fillfactor = 70);
create index on orchestrator.mutex_holds (lease_until);

-- At most one waiter per workflow and lock.
create table orchestrator.mutex_waiters (
	lock_name text not null,
	instance text not null,
	workflow_id text not null,
	workflow_name text not null,
	execution_id text not null,
	era text not null default '',
	node_name text not null,
	since timestamptz not null,
	-- A waiter that stopped asking no longer counts.
	seen_until timestamptz not null,
	-- The workflow that held the lock when the wait began.
	blocked_by_id text not null,
	blocked_by_name text not null,
	primary key (lock_name, instance, workflow_id)
);
create index on orchestrator.mutex_waiters (seen_until);

-- Who had to wait for whom, and how long; who was skipped.
create table orchestrator.mutex_contention (
	lock_name text not null,
	workflow_id text not null,
	workflow_name text not null,
	blocked_by_id text not null,
	blocked_by_name text not null,
	waited bigint not null default 0 check (waited >= 0),
	gave_up bigint not null default 0 check (gave_up >= 0),
	skipped bigint not null default 0 check (skipped >= 0),
	failed bigint not null default 0 check (failed >= 0),
	waited_ms_total bigint not null default 0 check (waited_ms_total >= 0),
	waited_ms_max bigint not null default 0 check (waited_ms_max >= 0),
	last_at timestamptz not null,
	primary key (lock_name, workflow_id, blocked_by_id)
);

-- Every hold that did not end by a release.
create table orchestrator.mutex_incidents (
	id bigint generated always as identity primary key,
	lock_name text not null,
	kind text not null check (kind in ('expired', 'drained', 'opened', 'forced')),
	at timestamptz not null,
	fencing_token bigint not null,
	holder jsonb not null
);
create index on orchestrator.mutex_incidents (lock_name, at);
create index on orchestrator.mutex_incidents (at);
