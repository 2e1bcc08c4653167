-- Caller: models.set; an operator in psql.
-- Guard: OR005 unknown provider. Another model of the provider takes the enabled one's place and address, not its prices.
-- Answer: {provider, model, baseUrl, requestsPerMinute, inputUsdPerMtok, outputUsdPerMtok, enabled}, the model as it is now.
-- Keys (p_change): provider (required: gemini or openai), model, baseUrl, requestsPerMinute, inputUsdPerMtok, outputUsdPerMtok,
-- enabled, actor. Left out
-- = as it is.
-- Example: select orchestrator.set_model('{"provider": "openai", "requestsPerMinute": 30, "actor": "Kim"}');
create or replace function orchestrator.set_model(p_change jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_old llm_models;
	v_new llm_models;
	v_model text;
begin
	perform assert_read_committed();
	if p_change ->> 'actor' is not null then perform set_actor(p_change ->> 'actor'); end if;
	-- The provider's rows are the guard: two changes at once wait for each other.
	perform 1 from llm_models where provider = p_change ->> 'provider' order by model for update;
	select * into v_old from llm_models where provider = p_change ->> 'provider' order by enabled desc, updated_at desc limit 1;
	if not found then raise exception 'unknown provider "%"; known: gemini, openai', redact_text(p_change ->> 'provider') using errcode = 'OR005'; end if;
	v_model := coalesce(p_change ->> 'model', v_old.model);
	if v_model <> v_old.model then
		update llm_models set enabled = false where provider = v_old.provider and enabled;
		insert into llm_models (provider, model, base_url, requests_per_minute)
		values (v_old.provider, v_model, v_old.base_url, v_old.requests_per_minute)
		on conflict (provider, model) do update set enabled = true;
	end if;
	update llm_models set
		base_url = coalesce(p_change ->> 'baseUrl', base_url),
		requests_per_minute = coalesce((p_change ->> 'requestsPerMinute')::integer, requests_per_minute),
		input_usd_per_mtok = coalesce((p_change ->> 'inputUsdPerMtok')::numeric, input_usd_per_mtok),
		output_usd_per_mtok = coalesce((p_change ->> 'outputUsdPerMtok')::numeric, output_usd_per_mtok),
		enabled = coalesce((p_change ->> 'enabled')::boolean, enabled), updated_at = clock_timestamp()
	where provider = v_old.provider and model = v_model returning * into v_new;
	return model_json(v_new);
end $$;
