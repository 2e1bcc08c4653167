-- Caller: check_new_tasks, enqueue_successors. Answer: what is wrong with one new task beside its type and size; null = nothing.
create or replace function orchestrator.new_task_fault(p_item jsonb) returns text
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	c_fields constant text[] := '{workflowType,input,priority,idempotencyKey,notBefore,expiresAt,context,parentExecutionId,parentTaskId,overrides,successors,debounce}';
	c_debounce constant text[] := '{key,seconds,maxSeconds,keep}';
	c_context constant integer := 32768;
	c_successors constant integer := 262144;
	v_field text;
	v_debounce constant jsonb := p_item -> 'debounce';
begin
	if jsonb_typeof(p_item) <> 'object' then return 'a task must be a JSON object'; end if;
	-- Misspelt, it would silently not count: a task without its key, at once instead of later.
	for v_field in select f from jsonb_object_keys(p_item - c_fields) f order by f limit 1 loop
		return format('%s is unknown; known: %s', left(v_field, 100), array_to_string(c_fields, ', '));
	end loop;
	if coalesce(p_item ->> 'priority', '5') !~ '^([1-9]|10)$' then
		return format('priority must be an integer from 1 to 10, got %s', p_item ->> 'priority');
	end if;
	if coalesce(jsonb_typeof(p_item -> 'input') <> 'object', true) then
		return format('input must be a JSON object, got %s', shown_value(p_item -> 'input'));
	end if;
	foreach v_field in array '{context,overrides,debounce}'::text[] loop
		if jsonb_typeof(p_item -> v_field) not in ('object', 'null') then
			return format('%s must be a JSON object, got %s', v_field, shown_value(p_item -> v_field));
		end if;
	end loop;
	if length(p_item ->> 'idempotencyKey') > 512 then
		return format('idempotencyKey must have at most 512 characters, got %s: %s', length(p_item ->> 'idempotencyKey'), shown_value(p_item -> 'idempotencyKey'));
	end if;
	if p_item ->> 'idempotencyKey' = '' then return 'the idempotency key is empty: leave it out for a random one'; end if;
	-- As the sender writes them; jsonb adds a blank after each comma and colon, at most half as much again.
	if octet_length((p_item -> 'context')::text) > c_context * 3 / 2 then
		return format('the context has %s bytes, at most %s are allowed', octet_length((p_item -> 'context')::text), c_context);
	end if;
	if octet_length((p_item -> 'successors')::text) > c_successors * 3 / 2 then
		return format('the successors have %s bytes, at most %s are allowed', octet_length((p_item -> 'successors')::text), c_successors);
	end if;
	-- What is stored is walked by recursion, and the database's stack ends.
	if jsonb_path_exists(p_item, '$.**{66}') then return 'it is nested deeper than 64 levels'; end if;
	begin
		foreach v_field in array '{notBefore,expiresAt}'::text[] loop
			perform (p_item ->> v_field)::timestamptz;
		end loop;
		v_field := 'parentExecutionId';
		perform (p_item ->> v_field)::uuid;
		v_field := 'parentTaskId';
		perform (p_item ->> v_field)::bigint;
	exception when others then
		return format('%s must be %s, got %s', v_field, case v_field when 'parentExecutionId' then 'the id of an execution, a UUID'
			when 'parentTaskId' then 'the number of a task' else 'a time such as 2026-12-24T18:00:00Z' end, shown_value(p_item -> v_field));
	end;
	if (p_item ->> 'expiresAt')::timestamptz <= greatest((p_item ->> 'notBefore')::timestamptz, now()) then
		return format('expiresAt must lie after the earliest start, got %s', p_item ->> 'expiresAt');
	end if;
	if jsonb_typeof(v_debounce) = 'object' then
		if p_item ->> 'idempotencyKey' is not null then
			return format('a task has an idempotency key or is debounced, not both, got the key %s', shown_value(p_item -> 'idempotencyKey'));
		end if;
		for v_field in select f from jsonb_object_keys(v_debounce - c_debounce) f order by f limit 1 loop
			return format('debounce.%s is unknown; known: %s', left(v_field, 100), array_to_string(c_debounce, ', '));
		end loop;
		if p_item ->> 'notBefore' is not null then
			return format('a debounced task is due debounce.seconds after its last send and takes no notBefore, got %s', p_item ->> 'notBefore');
		end if;
		if coalesce(length(v_debounce ->> 'key') not between 1 and 512, true) then
			return format('debounce.key must have 1 to 512 characters, got %s', shown_value(v_debounce -> 'key'));
		end if;
		if coalesce(jsonb_typeof(v_debounce -> 'seconds') <> 'number' or (v_debounce ->> 'seconds')::numeric not between 0.001 and 86400, true) then
			return format('debounce.seconds must be a number up to 86400, got %s', v_debounce ->> 'seconds');
		end if;
		if jsonb_typeof(v_debounce -> 'maxSeconds') <> 'null' and (jsonb_typeof(v_debounce -> 'maxSeconds') <> 'number'
			or (v_debounce ->> 'maxSeconds')::numeric > 864000) then
			return format('debounce.maxSeconds must be a number up to 864000, got %s', v_debounce ->> 'maxSeconds');
		end if;
		if (v_debounce ->> 'maxSeconds')::numeric < (v_debounce ->> 'seconds')::numeric then
			return format('debounce.maxSeconds must not be less than debounce.seconds, got %s', v_debounce ->> 'maxSeconds');
		end if;
		if (p_item ->> 'expiresAt')::timestamptz <= now() + make_interval(secs => (v_debounce ->> 'seconds')::double precision) then
			return format('expiresAt must lie after the end of debounce.seconds (%s), got %s', v_debounce ->> 'seconds', p_item ->> 'expiresAt');
		end if;
		if coalesce(v_debounce ->> 'keep', 'last') not in ('first', 'last') then
			return format('debounce.keep must be first or last, got %s', v_debounce ->> 'keep');
		end if;
	end if;
	return coalesce(overrides_fault(p_item -> 'overrides'), successors_fault(p_item -> 'successors'));
end $$;
