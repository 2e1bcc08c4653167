-- Tables of the main job: queue, executions, slots, heartbeats, log, endpoints, receipts, models, usage, articles.
-- serves-code-from: 1
-- Applied by core/postgres/migrate inside one transaction. Functions live in functions/, one file each.

create schema if not exists content;

-- What may run, and how. All durations are configuration; the defaults are S2-S4's and one test pins them.
create table orchestrator.workflow_types (
	workflow_type text primary key check (workflow_type ~ '^[a-z][a-z0-9_]{0,62}$'),
	title text not null,
	weight integer not null default 1 check (weight > 0),
	paused boolean not null default false,
	max_concurrent integer not null default 3 check (max_concurrent > 0),
	batch_size integer not null default 2 check (batch_size >= 1),
	batch_max integer not null default 10 check (batch_max between 1 and 10),
	cadence_seconds integer check (cadence_seconds > 0),
	max_attempts integer not null default 5 check (max_attempts between 1 and 100),
	limit_seconds integer not null default 300 check (limit_seconds > 0),
	dispatch_lease_seconds numeric not null default 30 check (dispatch_lease_seconds > 0),
	work_lease_seconds numeric not null default 90 check (work_lease_seconds > 0),
	backoff_base_seconds numeric not null default 60 check (backoff_base_seconds >= 0),
	backoff_ceiling_seconds numeric not null default 960 check (backoff_ceiling_seconds >= backoff_base_seconds),
	backoff_jitter_seconds numeric not null default 30 check (backoff_jitter_seconds >= 0),
	delivery_backoff_seconds numeric not null default 60 check (delivery_backoff_seconds >= 0),
	delivery_retries integer not null default 3 check (delivery_retries >= 0),
	created_at timestamptz not null default now(),
	check (batch_size <= batch_max)
);
insert into orchestrator.workflow_types (workflow_type, title) values ('content_pipeline', 'Content Pipeline');

-- The streams of the claim's merge. A key belongs to one type; the small table spares the claim a scan for keys.
create table orchestrator.fair_keys (
	fair_key text primary key,
	workflow_type text not null references orchestrator.workflow_types,
	weight integer not null default 1 check (weight > 0),
	created_at timestamptz not null default now()
);
create index on orchestrator.fair_keys (workflow_type);

-- One row per execution: kind 'dispatch' carries tasks to a sub-workflow, kind 'run' is a pass of the orchestrator.
create table orchestrator.workflow_orchestration (
	id uuid primary key default gen_random_uuid(),
	kind text not null check (kind in ('dispatch', 'run')),
	parent_execution_id uuid references orchestrator.workflow_orchestration,
	workflow_type text references orchestrator.workflow_types,
	fair_key text references orchestrator.fair_keys,
	priority smallint check (priority between 1 and 10),
	context jsonb not null default '{}' check (jsonb_typeof(context) = 'object'),
	status text not null,
	epoch integer not null default 1 check (epoch >= 1),
	owner text not null check (owner <> ''),
	slot_no smallint,
	lease_until timestamptz,
	deadline_at timestamptz,
	last_at timestamptz not null default clock_timestamp(),
	run_kind text check (run_kind in ('heartbeat', 'wake_up', 'manual')),
	slot_key text,
	slot_epoch integer,
	deployment text,
	endpoint_url text,
	callback_url text,
	model jsonb,
	webhook_id text,
	n8n_execution_id text,
	limit_seconds integer check (limit_seconds > 0),
	cost_usd numeric(14, 6) not null default 0 check (cost_usd >= 0),
	duration_ms bigint check (duration_ms >= 0),
	error jsonb,
	created_at timestamptz not null default clock_timestamp(),
	accepted_at timestamptz,
	started_at timestamptz,
	finished_at timestamptz,
	constraint known_status check (
		(kind = 'dispatch' and status in ('claimed', 'accepted', 'started', 'reported', 'expired', 'cancelled'))
		or (kind = 'run' and status in ('IDLE', 'ANALYZING', 'DISPATCHING', 'MONITORING', 'COMPLETED', 'ERROR_RECOVERY'))
	),
	constraint lease_while_active check (
		(lease_until is not null) = (status in ('claimed', 'accepted', 'started', 'IDLE', 'ANALYZING', 'DISPATCHING', 'MONITORING'))
	),
	constraint finished_when_ended check (
		(finished_at is not null) = (status in ('reported', 'expired', 'cancelled', 'COMPLETED', 'ERROR_RECOVERY'))
	),
	constraint dispatch_is_complete check (
		kind <> 'dispatch' or (workflow_type is not null and fair_key is not null and priority is not null
			and slot_no is not null and endpoint_url is not null and callback_url is not null and limit_seconds is not null)
	),
	constraint run_is_complete check (kind <> 'run' or (run_kind is not null and (slot_key is null) = (slot_epoch is null))),
	constraint accepted_has_deadline check (status not in ('accepted', 'started') or (deadline_at is not null and accepted_at is not null)),
	constraint started_is_stamped check (status <> 'started' or (started_at is not null and n8n_execution_id is not null)),
	constraint lease_within_deadline check (lease_until <= deadline_at)
);
create index execution_leases on orchestrator.workflow_orchestration (lease_until) where lease_until is not null;
create index executions_by_type on orchestrator.workflow_orchestration (workflow_type, created_at desc) where kind = 'dispatch';
create index executions_by_n8n on orchestrator.workflow_orchestration (n8n_execution_id) where n8n_execution_id is not null;
create index executions_by_parent on orchestrator.workflow_orchestration (parent_execution_id) where parent_execution_id is not null;

-- The strict global cap: an execution runs only while it holds one of these rows (S8).
create table orchestrator.execution_slots (
	slot_no smallint primary key check (slot_no >= 1),
	execution_id uuid unique references orchestrator.workflow_orchestration
);
insert into orchestrator.execution_slots (slot_no) values (1), (2), (3);

create table orchestrator.tasks (
	id bigint generated by default as identity primary key,
	workflow_type text not null references orchestrator.workflow_types,
	fair_key text not null references orchestrator.fair_keys,
	idempotency_key text not null check (length(idempotency_key) between 1 and 512),
	state text not null check (state in ('scheduled', 'queued', 'claimed', 'running', 'succeeded', 'failed', 'dead', 'cancelled')),
	priority smallint not null check (priority between 1 and 10),
	-- Twice the bound of enqueue_tasks: jsonb writes blanks that the sender's text had not.
	input jsonb not null check (jsonb_typeof(input) = 'object' and octet_length(input::text) <= 524288),
	context jsonb not null default '{}' check (jsonb_typeof(context) = 'object'),
	result jsonb,
	error jsonb,
	attempts integer not null default 0 check (attempts >= 0),
	delivery_failures integer not null default 0 check (delivery_failures >= 0),
	epoch integer not null default 0 check (epoch >= 0),
	execution_id uuid references orchestrator.workflow_orchestration,
	parent_execution_id uuid references orchestrator.workflow_orchestration,
	not_before timestamptz,
	eligible_at timestamptz not null,
	cost_usd numeric(14, 6) not null default 0 check (cost_usd >= 0),
	created_at timestamptz not null default now(),
	first_claimed_at timestamptz,
	last_claimed_at timestamptz,
	finished_at timestamptz,
	constraint held_while_claimed check ((execution_id is not null) = (state in ('claimed', 'running'))),
	constraint waits_until check ((not_before is not null) = (state = 'scheduled')),
	constraint finished_when_ended check ((finished_at is not null) = (state in ('succeeded', 'dead', 'cancelled'))),
	constraint result_of_success check (state <> 'succeeded' or result is not null)
);
-- The claim's streams: one range per (fair key, priority), first come first served.
create index tasks_to_claim on orchestrator.tasks (fair_key, priority, eligible_at, id) where state = 'queued';
create index tasks_to_promote on orchestrator.tasks (not_before, id) where state = 'scheduled';
create index tasks_by_execution on orchestrator.tasks (execution_id) where execution_id is not null;
create index tasks_by_state on orchestrator.tasks (workflow_type, state);

-- Own table, own retention (S18): the key outlives its task.
create table orchestrator.idempotency_keys (
	workflow_type text not null references orchestrator.workflow_types,
	idempotency_key text not null check (length(idempotency_key) between 1 and 512),
	task_id bigint not null,
	created_at timestamptz not null default now(),
	primary key (workflow_type, idempotency_key)
);

-- Which tasks an execution carries; each is settled once.
create table orchestrator.execution_items (
	execution_id uuid not null references orchestrator.workflow_orchestration,
	task_id bigint not null references orchestrator.tasks,
	attempt integer not null check (attempt >= 1),
	outcome text check (outcome in ('succeeded', 'failed', 'refused', 'expired')),
	settled_at timestamptz,
	primary key (execution_id, task_id),
	check ((outcome is null) = (settled_at is null))
);
create index on orchestrator.execution_items (task_id);

-- S13: one row per boundary; finished_at is set exactly once.
create table orchestrator.heartbeats (
	slot_key text primary key,
	slot_at timestamptz not null,
	interval_seconds integer not null check (interval_seconds > 0),
	owner text not null check (owner <> ''),
	epoch integer not null default 1 check (epoch >= 1),
	lease_until timestamptz not null,
	taken_at timestamptz not null,
	last_at timestamptz not null,
	deviation_ms numeric not null,
	clock_skew_ms numeric not null,
	finished_at timestamptz,
	run_id uuid references orchestrator.workflow_orchestration,
	check (finished_at is null or run_id is not null)
);
create index unfinished_heartbeats on orchestrator.heartbeats (lease_until) where finished_at is null;

-- Every change of state, in commit order of each entity. seq is the order, at is the clock.
create table orchestrator.state_transitions (
	seq bigint generated always as identity primary key,
	entity text not null check (entity in ('task', 'execution', 'run')),
	entity_id text not null,
	from_state text,
	to_state text not null,
	epoch integer not null,
	at timestamptz not null,
	actor text not null,
	context jsonb not null default '{}',
	parent_id text
);
create index on orchestrator.state_transitions (entity, entity_id, seq);

-- Same rows as TRANSITIONS in core/task/transitions.ts; a test compares.
create table orchestrator.legal_transitions (
	entity text not null,
	from_state text not null,
	to_state text not null,
	event text not null,
	primary key (entity, from_state, to_state)
);
insert into orchestrator.legal_transitions (entity, from_state, to_state, event) values
	('task', 'scheduled', 'queued', 'promote'),
	('task', 'queued', 'claimed', 'claim'),
	('task', 'claimed', 'running', 'start'),
	('task', 'claimed', 'scheduled', 'refuse'),
	('task', 'claimed', 'succeeded', 'settle'),
	('task', 'claimed', 'failed', 'fail'),
	('task', 'running', 'succeeded', 'settle'),
	('task', 'running', 'failed', 'fail'),
	('task', 'failed', 'scheduled', 'back_off'),
	('task', 'failed', 'dead', 'bury'),
	('task', 'scheduled', 'cancelled', 'cancel'),
	('task', 'queued', 'cancelled', 'cancel'),
	('task', 'claimed', 'cancelled', 'cancel'),
	('task', 'running', 'cancelled', 'cancel'),
	('execution', 'claimed', 'accepted', 'accept'),
	('execution', 'accepted', 'started', 'start'),
	('execution', 'claimed', 'reported', 'settle'),
	('execution', 'accepted', 'reported', 'settle'),
	('execution', 'started', 'reported', 'settle'),
	('execution', 'claimed', 'expired', 'expire'),
	('execution', 'accepted', 'expired', 'expire'),
	('execution', 'started', 'expired', 'expire'),
	('execution', 'claimed', 'cancelled', 'refuse'),
	('execution', 'accepted', 'cancelled', 'cancel'),
	('execution', 'started', 'cancelled', 'cancel'),
	('run', 'IDLE', 'ANALYZING', 'analyze'),
	('run', 'ANALYZING', 'DISPATCHING', 'dispatch'),
	('run', 'ANALYZING', 'MONITORING', 'monitor'),
	('run', 'DISPATCHING', 'MONITORING', 'monitor'),
	('run', 'ANALYZING', 'COMPLETED', 'complete'),
	('run', 'DISPATCHING', 'COMPLETED', 'complete'),
	('run', 'MONITORING', 'COMPLETED', 'complete'),
	('run', 'IDLE', 'ERROR_RECOVERY', 'fail'),
	('run', 'ANALYZING', 'ERROR_RECOVERY', 'fail'),
	('run', 'DISPATCHING', 'ERROR_RECOVERY', 'fail'),
	('run', 'MONITORING', 'ERROR_RECOVERY', 'fail');

-- Where workflows listen. Test addresses are rows of their own and are never dispatched to.
create table orchestrator.endpoints (
	id bigint generated always as identity primary key,
	deployment text not null check (deployment <> ''),
	kind text not null check (kind in ('task', 'callback')),
	workflow_type text references orchestrator.workflow_types,
	url text not null check (url ~ '^https?://'),
	test boolean not null default false,
	registered_at timestamptz not null default clock_timestamp(),
	disabled_at timestamptz,
	disabled_reason text,
	check ((kind = 'task') = (workflow_type is not null)),
	check ((disabled_at is null) = (disabled_reason is null))
);
create unique index one_endpoint_each on orchestrator.endpoints (deployment, kind, coalesce(workflow_type, ''), test);

-- Where a type is dispatched to now: its newest live address that has a callback address beside it.
create view orchestrator.dispatch_addresses as
select distinct on (task.workflow_type)
	task.workflow_type, task.deployment, task.url as endpoint_url, callback.url as callback_url
from orchestrator.endpoints task
join orchestrator.endpoints callback
	on callback.kind = 'callback' and callback.deployment = task.deployment
	and not callback.test and callback.disabled_at is null
where task.kind = 'task' and not task.test and task.disabled_at is null
order by task.workflow_type, task.registered_at desc, task.id desc;

-- Remembers every verified callback longer than its signature stays valid (S9); own retention (S18).
create table orchestrator.callback_receipts (
	webhook_id text primary key,
	execution_id uuid not null,
	epoch integer not null,
	outcome text not null check (outcome in ('pending', 'applied', 'stale', 'duplicate')),
	received_at timestamptz not null default clock_timestamp()
);
create index on orchestrator.callback_receipts (execution_id);

-- Prices in USD per million tokens; null = unknown.
create table orchestrator.llm_models (
	provider text not null check (provider in ('openai', 'gemini')),
	model text not null check (model <> ''),
	base_url text not null check (base_url ~ '^https?://'),
	requests_per_minute integer not null check (requests_per_minute > 0),
	input_usd_per_mtok numeric check (input_usd_per_mtok >= 0),
	output_usd_per_mtok numeric check (output_usd_per_mtok >= 0),
	enabled boolean not null default true,
	updated_at timestamptz not null default clock_timestamp(),
	primary key (provider, model)
);
create unique index one_enabled_model_each on orchestrator.llm_models (provider) where enabled;
insert into orchestrator.llm_models (provider, model, base_url, requests_per_minute, input_usd_per_mtok, output_usd_per_mtok) values
	('openai', 'gpt-4o-mini', 'https://api.openai.com/v1', 50, 0.15, 0.60),
	('gemini', 'gemini-2.0-flash', 'https://generativelanguage.googleapis.com/v1beta', 60, 0.10, 0.40);

-- What was used, by whom; also by stale callbacks (S10). No foreign keys: usage is never refused.
create table orchestrator.workflow_resource_usage (
	id bigint generated always as identity primary key,
	execution_id uuid not null,
	task_id bigint,
	epoch integer not null,
	provider text not null,
	model text not null,
	requests integer not null check (requests >= 0),
	input_tokens bigint not null check (input_tokens >= 0),
	output_tokens bigint not null check (output_tokens >= 0),
	-- Null: no price was registered.
	cost_usd numeric(14, 6) check (cost_usd >= 0),
	stale boolean not null,
	recorded_at timestamptz not null default clock_timestamp()
);
create index on orchestrator.workflow_resource_usage (execution_id);
create index on orchestrator.workflow_resource_usage (provider, recorded_at);

create table orchestrator.orchestrator_metrics (
	id bigint generated always as identity primary key,
	run_id uuid references orchestrator.workflow_orchestration,
	metric text not null,
	value numeric not null,
	recorded_at timestamptz not null default clock_timestamp()
);
create index on orchestrator.orchestrator_metrics (metric, recorded_at);

-- S10: one article per task, whatever happens to its executions.
create table content.articles (
	id bigint generated always as identity primary key,
	workflow_type text not null,
	idempotency_key text not null,
	task_id bigint not null,
	execution_id uuid not null,
	epoch integer not null,
	title text not null check (title <> ''),
	language text not null,
	category text not null,
	target_keyword text not null,
	outline text not null,
	body text not null check (body <> ''),
	word_count integer not null check (word_count >= 0),
	quality_score integer not null check (quality_score between 0 and 100),
	provider text not null,
	model text not null,
	published_at timestamptz not null default clock_timestamp(),
	unique (workflow_type, idempotency_key)
);

-- Placeholders, so that triggers can name them; functions/ replaces them in the same transaction.
create function orchestrator.log_task_transitions() returns trigger language plpgsql as $$ begin return null; end $$;
create function orchestrator.log_execution_transitions() returns trigger language plpgsql as $$ begin return null; end $$;

create trigger log_new_tasks after insert on orchestrator.tasks
	referencing new table as new_rows for each statement execute function orchestrator.log_task_transitions();
create trigger log_changed_tasks after update on orchestrator.tasks
	referencing old table as old_rows new table as new_rows for each statement execute function orchestrator.log_task_transitions();
create trigger log_new_executions after insert on orchestrator.workflow_orchestration
	referencing new table as new_rows for each statement execute function orchestrator.log_execution_transitions();
create trigger log_changed_executions after update on orchestrator.workflow_orchestration
	referencing old table as old_rows new table as new_rows for each statement execute function orchestrator.log_execution_transitions();
