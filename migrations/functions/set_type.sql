-- Caller: types.set with a TypeChange of core/queue/type.ts; an operator in psql. What p_change leaves out stays; null takes a cadence
-- or a limit of waiting away. p_create: registers the type when there is none, with the defaults for the rest. A new limit of waiting
-- counts for tasks enqueued from then on, new days of dead letters for those that die from then on, all else at once; what runs goes on.
-- Guard: READ COMMITTED; locks the type's row, which a claim near its cap holds while it decides. OR003: unknown type. OR005: no
-- actor, an unknown setting, a value out of its bounds, or nothing to change. A weight reaches the type's keys as set_queue_weight says.
-- Answer: {workflowType, title, weight, maxConcurrent, batchSize, batchMax, cadenceSeconds, queueLimitSeconds, limitSeconds,
-- maxAttempts, backoffBaseSeconds, backoffCeilingSeconds, backoffJitterSeconds, deliveryRetries, deliveryBackoffSeconds,
-- deadLetterDays, pause}: the type as it is now.
-- Keys (p_change): title, weight, maxConcurrent, batchSize, batchMax, cadenceSeconds, queueLimitSeconds, limitSeconds, maxAttempts,
-- backoffBaseSeconds, backoffCeilingSeconds, backoffJitterSeconds, deliveryRetries, deliveryBackoffSeconds, deadLetterDays.
-- Example: select orchestrator.set_type('content_pipeline', '{"maxAttempts": 3, "queueLimitSeconds": 3600}', 'Kim');
create or replace function orchestrator.set_type(p_workflow_type text, p_change jsonb, p_actor text, p_create boolean default false) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_actor);
	v_fault text;
	v_new workflow_types;
begin
	perform assert_read_committed();
	if jsonb_typeof(p_change) is distinct from 'object' then
		raise exception 'the settings must be a JSON object, got %', shown_value(p_change) using errcode = 'OR005';
	end if;
	if p_change = '{}' and not p_create then
		raise exception 'nothing says what to change of %', redact_text(p_workflow_type)
			using errcode = 'OR005', hint = 'Name at least one setting, for example {"maxAttempts": 3}.';
	end if;
	v_fault := type_change_fault(p_change);
	if v_fault is not null then raise exception '%', redact_text(v_fault) using errcode = 'OR005'; end if;
	perform set_actor('configure:' || v_actor);
	if p_create then
		if coalesce(p_workflow_type !~ '^[a-z][a-z0-9_]{0,62}$', true) then
			raise exception 'workflowType must begin with a letter and have at most 63 of a-z, 0-9 and _, got %', shown_value(to_jsonb(p_workflow_type))
				using errcode = 'OR005';
		end if;
		insert into workflow_types (workflow_type, title) values (p_workflow_type, initcap(replace(p_workflow_type, '_', ' ')))
		on conflict do nothing;
	end if;
	if p_change ? 'weight' then
		perform set_queue_weight(jsonb_build_object('workflowType', p_workflow_type), (p_change ->> 'weight')::numeric, v_actor);
		perform set_actor('configure:' || v_actor);
	else
		perform lock_queue_target(jsonb_build_object('workflowType', coalesce(p_workflow_type, '')));
	end if;
	select * into v_new from workflow_types where workflow_type = p_workflow_type;
	v_new.title := coalesce(btrim(p_change ->> 'title'), v_new.title);
	v_new.max_concurrent := coalesce((p_change ->> 'maxConcurrent')::numeric, v_new.max_concurrent);
	v_new.batch_size := coalesce((p_change ->> 'batchSize')::numeric, v_new.batch_size);
	v_new.batch_max := coalesce((p_change ->> 'batchMax')::numeric, v_new.batch_max);
	v_new.limit_seconds := coalesce((p_change ->> 'limitSeconds')::numeric, v_new.limit_seconds);
	v_new.max_attempts := coalesce((p_change ->> 'maxAttempts')::numeric, v_new.max_attempts);
	v_new.backoff_base_seconds := coalesce((p_change ->> 'backoffBaseSeconds')::numeric, v_new.backoff_base_seconds);
	v_new.backoff_ceiling_seconds := coalesce((p_change ->> 'backoffCeilingSeconds')::numeric, v_new.backoff_ceiling_seconds);
	v_new.backoff_jitter_seconds := coalesce((p_change ->> 'backoffJitterSeconds')::numeric, v_new.backoff_jitter_seconds);
	v_new.delivery_retries := coalesce((p_change ->> 'deliveryRetries')::numeric, v_new.delivery_retries);
	v_new.delivery_backoff_seconds := coalesce((p_change ->> 'deliveryBackoffSeconds')::numeric, v_new.delivery_backoff_seconds);
	v_new.dead_letter_days := coalesce((p_change ->> 'deadLetterDays')::numeric, v_new.dead_letter_days);
	if p_change ? 'cadenceSeconds' then v_new.cadence_seconds := (p_change ->> 'cadenceSeconds')::numeric; end if;
	if p_change ? 'queueLimitSeconds' then v_new.queue_limit_seconds := (p_change ->> 'queueLimitSeconds')::numeric; end if;
	if v_new.batch_size > v_new.batch_max then
		raise exception 'batchSize must not be more than batchMax, got % and %', v_new.batch_size, v_new.batch_max using errcode = 'OR005';
	end if;
	if v_new.backoff_base_seconds > v_new.backoff_ceiling_seconds then
		raise exception 'backoffBaseSeconds must not be more than backoffCeilingSeconds, got % and %',
			v_new.backoff_base_seconds, v_new.backoff_ceiling_seconds using errcode = 'OR005';
	end if;
	update workflow_types set title = v_new.title, max_concurrent = v_new.max_concurrent, batch_size = v_new.batch_size,
		batch_max = v_new.batch_max, cadence_seconds = v_new.cadence_seconds, queue_limit_seconds = v_new.queue_limit_seconds,
		limit_seconds = v_new.limit_seconds, max_attempts = v_new.max_attempts, backoff_base_seconds = v_new.backoff_base_seconds,
		backoff_ceiling_seconds = v_new.backoff_ceiling_seconds, backoff_jitter_seconds = v_new.backoff_jitter_seconds,
		delivery_retries = v_new.delivery_retries, delivery_backoff_seconds = v_new.delivery_backoff_seconds,
		dead_letter_days = v_new.dead_letter_days
	where workflow_type = v_new.workflow_type and p_change - 'weight' <> '{}' returning * into v_new;
	if not found then select * into v_new from workflow_types where workflow_type = p_workflow_type; end if;
	perform wake_up();
	return type_json(v_new);
end $$;
