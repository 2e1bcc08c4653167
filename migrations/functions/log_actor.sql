-- Caller: the log's triggers. Answer: who acts: what set_actor said in this transaction, else the login.
create or replace function orchestrator.log_actor() returns text
language sql stable as $$
	select coalesce(nullif(current_setting('orchestrator.actor', true), ''), session_user);
$$;
