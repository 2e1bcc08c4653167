-- Caller: everything that stores an error, the context of a change, or what was known at the time; an operator in psql.
-- Promise: redact of core/redaction: the same value without secrets; ids, hashes and counts stay. Null for null.
-- The first look is for texts without any sign of a secret, which is nearly all: it must find whatever a rule can find.
create or replace function orchestrator.redact(p_value jsonb) returns jsonb
language sql immutable parallel safe set search_path = orchestrator, pg_temp as $$
	select case when p_value::text collate "C"
			~* 'pass|pwd|secret|key|token|auth|cookie|signature|jwt|bearer|basic|-----BEGIN|://[^/]*@|sk-|AIza|whsec_|gh[pousr]_|xox[a-z]-|AKIA|n8n_api_|eyJ|[?&](sig|code)='
		then redact_value(p_value, false) else p_value end;
$$;
