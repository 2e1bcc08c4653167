-- Caller: enqueue_tasks and check_new_tasks, with the known types as the keys of p_types; inlined into their pass over the batch.
-- Answer: true = check_new_tasks says what is wrong. By the few checks that every task needs; new_task_fault looks at those that
-- ask for more.
create or replace function orchestrator.is_bad_task(p_item jsonb, p_types jsonb) returns boolean
language sql stable as $$
	select not coalesce(p_types ? (p_item ->> 'workflowType'), false)
		-- The bound of check_new_tasks. As text it has at most six times its size as jsonb: a control character is \u0001. A number
		-- such as 1e9999 has more: the domain of the column refuses those, except the few of a small input.
		or (pg_column_size(p_item) > 65536 and octet_length((p_item -> 'input')::text) > 393216)
		or coalesce(jsonb_typeof(p_item -> 'input') <> 'object', true)
		-- Too deep for the functions that walk it, or a key with too many characters; a small one cannot be.
		or (pg_column_size(p_item) > 500 and (jsonb_path_exists(p_item, '$.**{66}') or length(p_item ->> 'idempotencyKey') > 512))
		or coalesce(p_item ->> 'priority', '5') not in ('1', '2', '3', '4', '5', '6', '7', '8', '9', '10')
		or coalesce(p_item ->> 'idempotencyKey' = '', false)
		or (p_item - '{workflowType,input,priority,idempotencyKey}'::text[] <> '{}' and new_task_fault(p_item) is not null);
$$;
