-- Who changed the configuration.
-- serves-code-from: 1
-- The roles themselves, owners, row security, grants and the triggers that write here are in privileges/, because they
-- are issued again whenever a function, a table or they themselves change.

create table orchestrator.audit_log (
	seq bigint generated always as identity primary key,
	at timestamptz not null default clock_timestamp(),
	-- Whose password it was (session_user): the session cannot choose it.
	login text not null,
	-- Who says so of himself: orchestrator.set_actor, or the caller of the function. Null = nobody did.
	actor text,
	application text not null,
	-- The function of ours that made the change; null = a statement of the login's own.
	via text,
	relation text not null,
	operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
	old_row jsonb,
	new_row jsonb
);
create index on orchestrator.audit_log (relation, at);
create index on orchestrator.audit_log (at);
