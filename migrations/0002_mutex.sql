-- Named locks: who holds, who waits, who waited for whom, what went wrong.
-- serves-code-from: 1
-- A lock is one row, and its holders stand in it: every decision is one look at a locked row, and the lock that nobody
-- else wants costs one update of that row in place (no index on anything that changes; room on the page).
-- No function locks two of these rows at a time except clean_mutexes, which never waits for one.

-- Strictly increasing per lock, because it is drawn under the lock's row; it outlives a cleaned-up row.
create sequence orchestrator.mutex_fencing_tokens;

create domain orchestrator.mutex_status as text check (value in ('held', 'parked', 'draining'));
create domain orchestrator.mutex_permits as integer check (value between 1 and 1000);
create domain orchestrator.mutex_owner as text check (value <> '');

-- One per execution that holds a lock. Those that run under their caller's lock carry its fencing token: holders are
-- counted by distinct tokens, and the lock opens when the last hold of a token has gone.
create type orchestrator.mutex_hold as (
	instance orchestrator.mutex_owner,
	execution_id orchestrator.mutex_owner,
	-- Tells executions of two instances with one encryption key apart; empty = unknown.
	era text,
	-- The node run that renews; a later acquire of the same execution takes over.
	session uuid,
	workflow_id text,
	workflow_name text,
	node_name text,
	parent_execution_id text,
	permits orchestrator.mutex_permits,
	fencing_token bigint,
	-- Acquires not yet released.
	count integer,
	status orchestrator.mutex_status,
	-- For draining: when it opens by itself.
	lease_until timestamptz,
	acquired_at timestamptz,
	renewed_at timestamptz
);

create table orchestrator.mutexes (
	name text primary key check (char_length(name) between 1 and 200),
	-- Of the last acquire; each hold keeps its own, and the smallest counts.
	permits orchestrator.mutex_permits not null default 1,
	last_token bigint not null default 0 check (last_token >= 0),
	acquisitions bigint not null default 0 check (acquisitions >= 0),
	last_at timestamptz not null default '-infinity',
	created_at timestamptz not null default clock_timestamp(),
	holds orchestrator.mutex_hold[] not null default '{}',
	-- Rows in mutex_waiters, those that stopped asking included.
	waiters integer not null default 0 check (waiters >= 0)
) with (fillfactor = 50);

-- For reading: holds as rows, also those whose lease is over and that nobody has removed yet.
create view orchestrator.mutex_holds as
	select m.name as lock_name, h.* from orchestrator.mutexes m cross join unnest(m.holds) h;

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
