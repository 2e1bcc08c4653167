-- Caller: settle_execution for each usage of an item; an operator may record by hand.
-- Guard: none: usage is recorded whatever the state (S10), and only adds cost to rows, never changes a state.
-- Answer: the cost in USD; null = no price is registered for this model.
-- Keys (p_usage): provider, model, requests, input_tokens, output_tokens.
-- Example: select orchestrator.record_resource_usage(gen_random_uuid(), null, 1, '{"provider": "openai", "model": "gpt-4o-mini", "requests": 1, "input_tokens": 900, "output_tokens": 300}');
create or replace function orchestrator.record_resource_usage(
	p_execution_id uuid, p_task_id bigint, p_epoch integer, p_usage jsonb, p_stale boolean default false
) returns numeric
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_cost numeric;
begin
	-- Providers answer with a dated name (gpt-4o-mini-2024-07-18): the longest registered prefix has the price.
	select round(((p_usage ->> 'input_tokens')::numeric * m.input_usd_per_mtok
		+ (p_usage ->> 'output_tokens')::numeric * m.output_usd_per_mtok) / 1000000, 6) into v_cost
	from llm_models m
	where m.provider = p_usage ->> 'provider' and starts_with(p_usage ->> 'model', m.model)
	order by length(m.model) desc limit 1;
	insert into workflow_resource_usage (execution_id, task_id, epoch, provider, model, requests, input_tokens, output_tokens, cost_usd, stale)
	values (p_execution_id, p_task_id, p_epoch, p_usage ->> 'provider', p_usage ->> 'model', (p_usage ->> 'requests')::integer,
		(p_usage ->> 'input_tokens')::bigint, (p_usage ->> 'output_tokens')::bigint, v_cost, p_stale);
	if v_cost > 0 then
		update workflow_orchestration set cost_usd = cost_usd + v_cost where id = p_execution_id and p_task_id = any (task_ids);
		if found then update tasks set cost_usd = cost_usd + v_cost where id = p_task_id; end if;
	end if;
	return v_cost;
end $$;
