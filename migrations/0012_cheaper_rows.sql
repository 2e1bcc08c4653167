-- What each new task cost beyond its promise: an index of the log that nothing reads, an index of keys that compares their types
-- first, and checks that wrote its input out as text and counted the characters of its key.
-- serves-code-from: 9

-- A row of the log is found by its task or execution; seq orders, and its identity keeps it unique. The index for it alone was 5 %
-- of an enqueue. Logical replication of the log sends whole rows when they go to the archive.
alter table orchestrator.state_transitions
	drop constraint state_transitions_pkey,
	replica identity full,
	drop constraint state_transitions_entity_check,
	drop constraint entity_has_id,
	add constraint entity_has_id check (case when entity = 'task' then task_id is not null
		when entity in ('execution', 'run') then execution_id is not null else false end);

-- As text a jsonb has at most six times its size, save for numbers beyond a double (1e131071): the few of a small input may pass.
alter domain orchestrator.task_input add constraint fits check (jsonb_typeof(value) = 'object'
	and (pg_column_size(value) <= 512 or octet_length(value::text) <= 524288));
alter domain orchestrator.task_input drop constraint task_input_check;

-- At most 512 characters, which have at least as many bytes.
alter domain orchestrator.task_key add constraint fits check (value <> '' and (octet_length(value) <= 512 or length(value) <= 512));
alter domain orchestrator.task_key drop constraint task_key_check;
-- The key first: it tells two rows apart, the type of most is the same.
alter table orchestrator.idempotency_keys
	drop constraint idempotency_keys_pkey,
	add primary key (idempotency_key, workflow_type),
	drop constraint idempotency_keys_idempotency_key_check,
	add constraint idempotency_keys_idempotency_key_check check (idempotency_key <> ''
		and (octet_length(idempotency_key) <= 512 or length(idempotency_key) <= 512));
