-- Caller: deadLetters.redrive; an operator in psql.
-- Promise: open letters that match go back to their queue: attempts 0, epoch kept (a callback of an earlier life is stale),
-- the oldest death due at once and each further one 60 / ratePerMinute seconds later.
-- Guard: the locks of take_dead_letters; OR005 for a field that is unknown or of another kind, a rate or limit that is not
-- allowed, or no actor.
-- Answer: {matching, taskIds, lastDueAt}: how many open letters match, limit aside;
-- the tasks that were sent back, of a dry run those that would be, the next due first; when the last is due, null = none.
-- Keys (p_filter): workflowTypes, fairKeys, causes and taskIds (arrays of text),
-- diedAfter and diedBefore (half-open). Left out = everything.
-- Keys (p_options): actor (required), limit (1,000; at most 10,000), ratePerMinute (left out = all at once), dryRun (false).
-- Example: select orchestrator.redrive_dead_letters('{}', '{"actor": "Kim", "ratePerMinute": 10, "dryRun": true}');
create or replace function orchestrator.redrive_dead_letters(p_filter jsonb, p_options jsonb) returns jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_options ->> 'actor');
	v_rate numeric;
	v_taken record;
	v_now timestamptz;
	v_due timestamptz[];
begin
	perform check_fields(p_options, 'options', '{"actor": "text", "ratePerMinute": "number", "limit": "number", "dryRun": "boolean"}');
	v_rate := p_options ->> 'ratePerMinute';
	if v_rate <= 0 then raise exception 'ratePerMinute must be above 0, got %', v_rate using errcode = 'OR005'; end if;
	v_taken := take_dead_letters(p_filter, p_options);
	v_now := clock_timestamp();
	v_due := array(select v_now + make_interval(secs => coalesce((n - 1) * 60 / v_rate, 0)::double precision)
		from generate_series(1, cardinality(v_taken.task_ids)) n);
	if not coalesce((p_options ->> 'dryRun')::boolean, false) then
		perform set_actor('redrive:' || v_actor, jsonb_build_object('filter', p_filter));
		update tasks t set state = 'scheduled', attempts = 0, delivery_failures = 0, not_before = d.due_at, eligible_at = d.due_at,
			finished_at = null,
			-- At least the time to wait that it had in the life that ended, which began with its letter's last redrive; null = no deadline.
			expires_at = d.due_at + (t.expires_at - coalesce(l.redriven_at, t.created_at))
		from unnest(v_taken.task_ids, v_due) d(id, due_at) join dead_letters l on l.task_id = d.id where t.id = d.id;
		update dead_letters set status = 'redriven', recovery_action = 'redrive', redrives = redrives + 1, redriven_at = v_now, redriven_by = v_actor
		where task_id = any (v_taken.task_ids);
		perform wake_up();
	end if;
	return jsonb_build_object('matching', v_taken.matching, 'taskIds', v_taken.task_ids::text[], 'lastDueAt', v_due[cardinality(v_due)]);
end $$;
