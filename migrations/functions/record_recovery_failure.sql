-- Caller: the handlers of recover_expired, expire_waiting and archive_history, with the error that one item or step raised.
-- Promise: one open row for each of them, with its error; it says nothing of the others, which are recovered.
-- p_entity: execution, run, task, tree (of the archive, by its oldest member) or step. Guard: none.
create or replace function orchestrator.record_recovery_failure(p_entity text, p_entity_id text, p_sqlstate text, p_message text) returns void
language sql volatile set search_path = orchestrator, pg_temp as $$
	select record_anomaly('recovery_failed', p_entity, p_entity_id, jsonb_build_object('sqlstate', p_sqlstate, 'message', p_message), '{"repaired": false}');
$$;
