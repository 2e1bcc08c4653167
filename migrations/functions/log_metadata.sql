-- Caller: the log's triggers. Answer: whence: the login and what the client calls itself.
create or replace function orchestrator.log_metadata() returns jsonb
language sql stable as $$
	select jsonb_strip_nulls(jsonb_build_object('login', session_user, 'application', nullif(current_setting('application_name'), '')));
$$;
