-- Caller: redact_value. Promise: isSecretName of core/redaction: a field of this name holds a secret.
create or replace function orchestrator.is_secret_name(p_name text) returns boolean
language sql immutable parallel safe set search_path = orchestrator, pg_temp as $$
	select bare ~ '^auth$|(?:passwords?|passwd|pwd|passphrase|secrets?|(?:api|access|private|signing|shared|encryption)keys?|authorization|cookies?|jwt|token|signature)$'
		and bare !~ '(?:fencing|next|page|continuation)token$'
	from (select lower(regexp_replace(p_name, '[^A-Za-z0-9]', '', 'g') collate "C") as bare) n;
$$;
