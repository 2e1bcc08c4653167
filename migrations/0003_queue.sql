-- Step 3's queue: waiting deadlines, overrides, successors, debounce, pauses per key; an execution names its tasks itself;
-- the log finds its rows by typed ids; every error has a row.
-- serves-code-from: 3
-- Nothing was released before this migration, so it contracts at once what it replaces.

-- Functions whose shape changes or that are no more.
drop function if exists orchestrator.settle_execution(jsonb, text);
drop function if exists orchestrator.finish_execution(uuid, integer, text, jsonb);
drop function if exists orchestrator.settle_items(uuid, integer, jsonb);
drop function if exists orchestrator.fail_unsettled(uuid, integer, jsonb);
drop function if exists orchestrator.keys_at_share_cap(text[], integer);
drop function if exists orchestrator.reserve_execution(jsonb, jsonb, text, smallint, bigint[], integer);
drop function if exists orchestrator.claimed_execution(uuid, bigint[]);

-- Paused = a time, a reason and who did it; null = not paused. Gates attach to keys, the type's gate to all of its keys (S6).
alter table orchestrator.workflow_types
	add paused_at timestamptz,
	add paused_reason text,
	add paused_by text,
	add queue_limit_seconds integer check (queue_limit_seconds > 0),
	add dead_letter_days integer not null default 30 check (dead_letter_days between 1 and 365);
update orchestrator.workflow_types set paused_at = now(), paused_reason = 'paused before the upgrade', paused_by = session_user where paused;
alter table orchestrator.workflow_types
	drop paused,
	add constraint paused_by_someone check ((paused_at is null) = (paused_by is null)),
	add constraint weight_within_bounds check (weight <= 1000);
alter table orchestrator.fair_keys
	-- Where the claim begins to look, by priority: behind the claimed rows that an old snapshot keeps from being vacuumed.
	-- A hint: see advance_looks.
	add looks_from timestamptz[] not null default array_fill('-infinity'::timestamptz, array[10])
		check (cardinality(looks_from) = 10),
	add looks_from_at timestamptz not null default '-infinity',
	add looked_back_at timestamptz not null default '-infinity',
	add paused_at timestamptz,
	add paused_reason text,
	add paused_by text,
	add constraint paused_by_someone check ((paused_at is null) = (paused_by is null)),
	add constraint weight_within_bounds check (weight <= 1000);

-- The bounds of single columns as domains: a CHECK of the table is read and run again by every statement on it, a domain
-- only where its column is written [15 % of a claim].
create domain orchestrator.task_state as text
	check (value in ('scheduled', 'queued', 'claimed', 'running', 'succeeded', 'failed', 'dead', 'cancelled'));
create domain orchestrator.task_priority as smallint check (value between 1 and 10);
create domain orchestrator.task_key as text check (length(value) between 1 and 512);
-- Twice the bound of enqueue_tasks: jsonb writes blanks that the sender's text had not.
create domain orchestrator.task_input as jsonb check (jsonb_typeof(value) = 'object' and octet_length(value::text) <= 524288);
create domain orchestrator.json_object as jsonb check (jsonb_typeof(value) = 'object');
create domain orchestrator.json_array as jsonb check (jsonb_typeof(value) = 'array');
create domain orchestrator.tally as integer check (value >= 0);
create domain orchestrator.usd as numeric(14, 6) check (value >= 0);

alter table orchestrator.tasks
	-- Deadline of waiting, apart from the execution's deadline_at.
	add expires_at timestamptz,
	-- {maxAttempts, limitSeconds, backoffBaseSeconds, backoffCeilingSeconds, backoffJitterSeconds, deliveryRetries}, each optional.
	add overrides orchestrator.json_object,
	-- S22: [{workflowType, when, input, …}], enqueued when this task ends.
	add successors orchestrator.json_array,
	add parent_task_id bigint,
	add debounce_key orchestrator.task_key,
	-- A debounced task waits no longer than this, however often it is sent again.
	add debounce_until timestamptz,
	-- How many later sends this task stands for.
	add coalesced orchestrator.tally not null default 0,
	add constraint debounced_while_waiting check (debounce_key is null or state = 'scheduled'),
	-- Each cost a look-up a row. Types and keys are never deleted; tasks come by enqueue_tasks alone, which makes the key
	-- first; an execution holds its tasks in the statement that writes both; a parent may be archived before its children.
	drop constraint tasks_workflow_type_fkey,
	drop constraint tasks_execution_id_fkey,
	drop constraint tasks_fair_key_fkey,
	drop constraint tasks_parent_execution_id_fkey;
create unique index one_debounced_task on orchestrator.tasks (workflow_type, debounce_key) where debounce_key is not null;
create index tasks_to_expire on orchestrator.tasks (expires_at) where expires_at is not null and state in ('scheduled', 'queued');
create index dead_tasks on orchestrator.tasks (workflow_type, id) where state = 'dead';
create index tasks_by_parent on orchestrator.tasks (parent_task_id) where parent_task_id is not null;
-- An execution finds its tasks by task_ids, a count of what waits reads the index of the claim.
drop index orchestrator.tasks_by_execution, orchestrator.tasks_by_state;

-- What holds a slot stands beside it: caps and shares are counted without a look at the executions.
alter table orchestrator.execution_slots
	add workflow_type text,
	add fair_key text;
update orchestrator.execution_slots s set workflow_type = e.workflow_type, fair_key = e.fair_key
from orchestrator.workflow_orchestration e where e.id = s.execution_id;
alter table orchestrator.execution_slots
	add constraint holder_is_complete check (
		(execution_id is null) = (workflow_type is null) and (execution_id is null) = (fair_key is null));
create index used_slots on orchestrator.execution_slots (workflow_type, fair_key) where execution_id is not null;
create index free_slots on orchestrator.execution_slots (slot_no) where execution_id is null;

-- The execution's tasks, in the order of its envelope. A task still belongs to it while tasks.execution_id says so.
alter table orchestrator.workflow_orchestration
	add task_ids bigint[] not null default '{}',
	drop constraint workflow_orchestration_workflow_type_fkey,
	drop constraint workflow_orchestration_fair_key_fkey,
	disable trigger user;
update orchestrator.workflow_orchestration e
set task_ids = array(select i.task_id from orchestrator.execution_items i where i.execution_id = e.id order by i.task_id);
alter table orchestrator.workflow_orchestration
	enable trigger user,
	add constraint dispatch_has_tasks check (kind <> 'dispatch' or cardinality(task_ids) between 1 and 10);
drop table orchestrator.execution_items;
-- Keys are compared byte by byte: nobody sorts them for people.
alter table orchestrator.idempotency_keys
	drop constraint idempotency_keys_workflow_type_fkey,
	alter workflow_type type text collate "C",
	alter idempotency_key type text collate "C";

alter table orchestrator.state_transitions
	add task_id bigint,
	-- The execution or run itself; of a task, the execution that carried it.
	add execution_id uuid,
	add parent_execution_id uuid,
	-- Who wrote it: database login and application.
	add metadata orchestrator.json_object not null default '{}';
update orchestrator.state_transitions set
	task_id = case entity when 'task' then entity_id::bigint end,
	execution_id = case entity when 'task' then parent_id::uuid else entity_id::uuid end,
	parent_execution_id = case when entity <> 'task' then parent_id::uuid end;
drop index orchestrator.state_transitions_entity_entity_id_seq_idx;
alter table orchestrator.state_transitions
	drop entity_id,
	drop parent_id,
	add constraint entity_has_id check (case entity when 'task' then task_id is not null else execution_id is not null end);
create index transitions_of_task on orchestrator.state_transitions (task_id, seq) where entity = 'task';
create index transitions_of_execution on orchestrator.state_transitions (execution_id, seq) where entity <> 'task';

alter table orchestrator.tasks
	drop constraint tasks_state_check, alter state type orchestrator.task_state,
	drop constraint tasks_priority_check, alter priority type orchestrator.task_priority,
	drop constraint tasks_idempotency_key_check, alter idempotency_key type orchestrator.task_key,
	drop constraint tasks_input_check, alter input type orchestrator.task_input,
	drop constraint tasks_context_check, alter context type orchestrator.json_object,
	drop constraint tasks_attempts_check, alter attempts type orchestrator.tally,
	drop constraint tasks_delivery_failures_check, alter delivery_failures type orchestrator.tally,
	drop constraint tasks_epoch_check, alter epoch type orchestrator.tally,
	drop constraint tasks_cost_usd_check, alter cost_usd type orchestrator.usd;
alter table orchestrator.workflow_orchestration
	drop constraint workflow_orchestration_kind_check,
	drop constraint workflow_orchestration_priority_check, alter priority type orchestrator.task_priority,
	drop constraint workflow_orchestration_context_check, alter context type orchestrator.json_object,
	drop constraint workflow_orchestration_cost_usd_check, alter cost_usd type orchestrator.usd;

insert into orchestrator.legal_transitions (entity, from_state, to_state, event) values
	('task', 'scheduled', 'dead', 'expire'),
	('task', 'queued', 'dead', 'expire'),
	('task', 'dead', 'scheduled', 'redrive');

-- Every error with what was known at the time and what was decided (S22). Append-only; secrets are removed on the way in.
create table orchestrator.failures (
	id bigint generated always as identity primary key,
	entity text not null check (entity in ('task', 'execution', 'run')),
	task_id bigint,
	execution_id uuid,
	attempt integer check (attempt >= 1),
	epoch integer,
	code text not null,
	message text not null,
	-- TaskError: message, code, stack, node.
	error jsonb not null check (jsonb_typeof(error) = 'object'),
	input jsonb,
	system_state jsonb not null,
	recovery_action text not null check (recovery_action in ('retry', 'redeliver', 'dead_letter', 'end_run', 'none')),
	decided_by text not null,
	-- What came of it, e.g. {"not_before": …} of a retry.
	result jsonb not null default '{}',
	at timestamptz not null default clock_timestamp(),
	check (case entity when 'task' then task_id is not null else execution_id is not null end)
);
create index failures_of_task on orchestrator.failures (task_id, id) where task_id is not null;
create index failures_by_time on orchestrator.failures (at);
