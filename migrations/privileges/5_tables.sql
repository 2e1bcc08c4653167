-- Who may read and write tables. orchestrator_worker: none, everything goes through functions. orchestrator_reader: the columns
-- listed here; what tasks carry (input, result, context, error, successors), what was written with it (articles), and addresses, which can
-- have a password in them, are not. A new column is hidden until its name stands here. orchestrator_admin: reads everything and
-- changes configuration, by the words behind the bar; each such change is audited (6_audit.sql). The queue, executions, locks
-- and logs change through functions only, which keep them in step.
do $$
declare
	-- table or view: columns for the reader | what the admin may do besides reading
	c_list constant text := $list$
		orchestrator.archive_cursors: pass after_finished_at after_id |
		orchestrator.archived_executions: id kind task_ids parent_execution_id workflow_type fair_key priority status epoch owner slot_no lease_until deadline_at last_at run_kind slot_key slot_epoch deployment webhook_id n8n_instance n8n_execution_id limit_seconds cost_usd duration_ms created_at accepted_at started_at finished_at |
		orchestrator.archived_failures: id entity task_id execution_id attempt epoch code system_state recovery_action decided_by at |
		orchestrator.archived_tasks: id workflow_type fair_key idempotency_key state priority attempts delivery_failures epoch execution_id parent_execution_id not_before eligible_at cost_usd created_at first_claimed_at last_claimed_at finished_at expires_at overrides parent_task_id debounce_key debounce_until coalesced |
		orchestrator.archived_transitions: seq entity task_id execution_id parent_task_id parent_execution_id from_state to_state epoch at actor metadata |
		orchestrator.anomalies: id kind entity entity_id detector threshold detected_at last_seen_at resolved_at resolution |
		orchestrator.anomaly_kinds: kind detector threshold procedure action exit_criterion |
		orchestrator.audit_log: seq at login actor application via relation operation |
		orchestrator.callback_receipts: webhook_id execution_id epoch outcome received_at |
		orchestrator.dead_letters: task_id workflow_type fair_key status code failures system_state recovery_action died_at expires_at redrives redriven_at redriven_by discarded_at discarded_by |
		orchestrator.dispatch_addresses: workflow_type deployment |
		orchestrator.endpoints: id deployment kind workflow_type test registered_at disabled_at | insert update delete
		orchestrator.execution_slots: slot_no execution_id workflow_type fair_key | insert delete
		orchestrator.failures: id entity task_id execution_id attempt epoch code system_state recovery_action decided_by at |
		orchestrator.fair_keys: fair_key workflow_type weight created_at paused_at paused_reason paused_by | insert update delete
		orchestrator.heartbeats: slot_key slot_at interval_seconds owner epoch lease_until taken_at last_at deviation_ms clock_skew_ms finished_at run_id |
		orchestrator.history_executions: id kind task_ids parent_execution_id workflow_type fair_key priority status epoch owner slot_no lease_until deadline_at last_at run_kind slot_key slot_epoch deployment webhook_id n8n_instance n8n_execution_id limit_seconds cost_usd duration_ms created_at accepted_at started_at finished_at n8n_ended_at stop_asked_at archived |
		orchestrator.history_failures: id entity task_id execution_id attempt epoch code system_state recovery_action decided_by at archived |
		orchestrator.history_tasks: id workflow_type fair_key idempotency_key state priority attempts delivery_failures epoch execution_id parent_execution_id not_before eligible_at cost_usd created_at first_claimed_at last_claimed_at finished_at expires_at overrides parent_task_id debounce_key debounce_until coalesced archived |
		orchestrator.history_transitions: seq entity task_id execution_id parent_task_id parent_execution_id from_state to_state epoch at actor metadata archived |
		orchestrator.idempotency_keys: workflow_type idempotency_key task_id created_at |
		orchestrator.initial_states: entity state event |
		orchestrator.legal_transitions: entity from_state to_state event |
		orchestrator.llm_models: provider model requests_per_minute input_usd_per_mtok output_usd_per_mtok enabled updated_at | insert update delete
		orchestrator.mutex_contention: lock_name workflow_id workflow_name blocked_by_id blocked_by_name waited gave_up skipped failed waited_ms_total waited_ms_max last_at |
		orchestrator.mutex_holds: lock_name instance execution_id era session workflow_id workflow_name node_name parent_execution_id permits fencing_token count status lease_until acquired_at renewed_at |
		orchestrator.mutex_incidents: id lock_name kind at fencing_token holder |
		orchestrator.mutex_waiters: lock_name instance workflow_id workflow_name execution_id era node_name since seen_until blocked_by_id blocked_by_name |
		orchestrator.mutexes: name permits last_token acquisitions last_at created_at waiters |
		orchestrator.orchestrator_metrics: id run_id metric value recorded_at |
		orchestrator.schema_functions: name hash applied_at |
		orchestrator.schema_migrations: version name checksum serves_code_from applied_at |
		orchestrator.state_transitions: seq entity task_id execution_id parent_task_id parent_execution_id from_state to_state epoch at actor metadata |
		orchestrator.tasks: id workflow_type fair_key idempotency_key state priority attempts delivery_failures epoch execution_id parent_execution_id not_before eligible_at cost_usd created_at first_claimed_at last_claimed_at finished_at expires_at overrides parent_task_id debounce_key debounce_until coalesced |
		orchestrator.workflow_orchestration: id kind task_ids parent_execution_id workflow_type fair_key priority status epoch owner slot_no lease_until deadline_at last_at run_kind slot_key slot_epoch deployment webhook_id n8n_instance n8n_execution_id limit_seconds cost_usd duration_ms created_at accepted_at started_at finished_at n8n_ended_at stop_asked_at |
		orchestrator.workflow_resource_usage: id execution_id task_id epoch provider model requests input_tokens output_tokens cost_usd stale recorded_at |
		orchestrator.workflow_types: workflow_type title weight paused_at paused_reason paused_by max_concurrent batch_size batch_max cadence_seconds max_attempts limit_seconds dispatch_lease_seconds work_lease_seconds backoff_base_seconds backoff_ceiling_seconds backoff_jitter_seconds delivery_backoff_seconds delivery_retries queue_limit_seconds dead_letter_days created_at | insert update delete
		content.articles: id workflow_type idempotency_key task_id execution_id epoch language category word_count quality_score provider model published_at |
	$list$;
	c_ours constant regnamespace[] := array['orchestrator'::regnamespace, 'content'::regnamespace];
	v_object record;
	v_line text[];
	v_bad text;
begin
	revoke all on schema orchestrator from public, orchestrator_reader, orchestrator_worker, orchestrator_admin;
	grant usage on schema orchestrator to orchestrator_reader, orchestrator_worker, orchestrator_admin;
	grant usage on schema content to orchestrator_reader, orchestrator_admin;

	for v_object in
		select t.oid::regtype as name from pg_type t
		left join pg_class c on c.oid = t.typrelid
		where t.typnamespace = 'orchestrator'::regnamespace and t.typowner = 'orchestrator_owner'::regrole
			and (t.typtype = 'd' or c.relkind = 'c')
	loop
		execute format('revoke all on type %s from public, orchestrator_reader, orchestrator_worker, orchestrator_admin', v_object.name);
	end loop;

	for v_object in
		select c.oid::regclass as name, c.relkind = 'S' as is_sequence from pg_class c
		where c.relnamespace = any (c_ours) and c.relowner = 'orchestrator_owner'::regrole and c.relkind in ('r', 'p', 'v', 'm', 'S')
	loop
		-- On a table this takes away the grants on its columns too.
		execute format('revoke all on %s %s from public, orchestrator_reader, orchestrator_worker, orchestrator_admin',
			case when v_object.is_sequence then 'sequence' else 'table' end, v_object.name);
		execute format('grant select on %s %s to orchestrator_admin', case when v_object.is_sequence then 'sequence' else 'table' end, v_object.name);
	end loop;

	for v_line in
		select regexp_match(line, '^\s*(\S+):\s*(.*?)\s*\|\s*(.*?)\s*$') from regexp_split_to_table(c_list, '\n') line where line ~ '\S'
	loop
		select string_agg(column_name, ', ') into v_bad from regexp_split_to_table(v_line[2], '\s+') column_name
		where not exists (select from pg_attribute a where a.attrelid = to_regclass(v_line[1]) and a.attname = column_name and not a.attisdropped);
		if v_bad is not null then
			raise exception 'privileges/5_tables.sql lists columns of % that do not exist: %', v_line[1], v_bad
				using hint = 'Take their names away with the columns, and the line with its table.';
		end if;
		execute format('grant select (%s) on %s to orchestrator_reader', regexp_replace(v_line[2], '\s+', ', ', 'g'), v_line[1]);
		if v_line[3] <> '' then
			execute format('grant %s on %s to orchestrator_admin', regexp_replace(v_line[3], '\s+', ', ', 'g'), v_line[1]);
		end if;
	end loop;
end $$;
