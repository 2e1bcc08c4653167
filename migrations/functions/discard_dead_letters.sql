-- Caller: deadLetters.discard; an operator in psql. Promise: open letters that match are given up; their tasks stay dead.
-- Guard: the locks of take_dead_letters; OR005 for a field that is unknown or of another kind, a limit that is not allowed, or no actor.
-- Answer: {matching, taskIds}: how many open letters match, limit aside; those that
-- were given up, of a dry run those that would be.
-- Keys (p_filter): workflowTypes, fairKeys, causes and taskIds (arrays of text),
-- diedAfter and diedBefore (half-open). Left out = everything.
-- Keys (p_options): actor (required), limit (1,000; at most 10,000), dryRun (false).
-- Example: select orchestrator.discard_dead_letters('{"causes": ["TEST"]}', '{"actor": "Kim", "dryRun": true}');
create or replace function orchestrator.discard_dead_letters(p_filter jsonb, p_options jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_options ->> 'actor');
	v_taken record;
begin
	perform check_fields(p_options, 'options', '{"actor": "text", "limit": "number", "dryRun": "boolean"}');
	v_taken := take_dead_letters(p_filter, p_options);
	if not coalesce((p_options ->> 'dryRun')::boolean, false) then
		perform set_actor('discard:' || v_actor, jsonb_build_object('filter', p_filter));
		update dead_letters set status = 'discarded', recovery_action = 'discard', discarded_at = clock_timestamp(), discarded_by = v_actor
		where task_id = any (v_taken.task_ids);
	end if;
	return jsonb_build_object('matching', v_taken.matching, 'taskIds', v_taken.task_ids::text[]);
end $$;
