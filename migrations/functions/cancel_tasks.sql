-- Caller: queue.cancel; an operator in psql.
-- Promise: the tasks end as cancelled, whatever works on them; an execution whose last task goes is cancelled and frees its
-- slot, so its accept, start and renew are refused and a later callback changes nothing (its usage is recorded, S10).
-- Guard: READ COMMITTED; slots, executions and tasks in the documented order (S8), then each is read again. A task that moved
-- meanwhile takes another round; one that others hold is waited for without holding it, three times at most 1 s. OR005 for an
-- empty filter, a field that is unknown or of another kind, a state that cannot be cancelled, too many ids, or no actor.
-- Answer: {taskId, outcome, was, execution, matching} a task, by id. matching: how many tasks match a filter, limit aside. outcome: cancelled, would_cancel (dry run), already_ended, busy = others held
-- it all the while, unknown = no such task. was: its state before. execution: {executionId, epoch, n8nExecutionId, ended} that
-- worked on it, or null.
-- Keys (p_selection): taskIds (array of text, at most 10,000), or a filter: workflowType, fairKey, states (of scheduled, queued, claimed,
-- running; left out = all four), limit (1,000; at most 10,000). An empty filter is refused.
-- Keys (p_options): actor (required), reason, dryRun (false).
-- Example: select orchestrator.cancel_tasks('{"taskIds": ["42"]}', '{"actor": "Kim", "reason": "wrong input"}');
create or replace function orchestrator.cancel_tasks(p_selection jsonb, p_options jsonb) returns setof jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_actor constant text := actor_of(p_options ->> 'actor');
	v_ids bigint[];
	-- What each answer to a filter says beside its outcome.
	v_matching jsonb;
	v_left bigint[];
	v_executions uuid[];
	v_answers jsonb := '{}';
	v_done jsonb;
begin
	perform assert_read_committed();
	perform check_fields(p_options, 'options', '{"actor": "text", "reason": "text", "dryRun": "boolean"}');
	select s.task_ids, jsonb_strip_nulls(jsonb_build_object('matching', s.matching)) into v_ids, v_matching from tasks_to_cancel(p_selection) s;
	v_left := v_ids;
	perform set_config('lock_timeout', '5s', true);
	perform set_actor('cancel:' || v_actor, jsonb_build_object('reason', p_options ->> 'reason'));
	if coalesce((p_options ->> 'dryRun')::boolean, false) then
		return query select a.answer || v_matching from cancel_preview(v_ids) a;
		return;
	end if;
	for v_round in 1 .. 4 loop
		exit when v_left = '{}';
		v_executions := array(select distinct execution_id from tasks where id = any (v_left) and execution_id is not null);
		perform 1 from execution_slots where execution_id = any (v_executions) order by slot_no for update;
		perform 1 from workflow_orchestration where id = any (v_executions) order by id for update;
		v_done := cancel_locked(v_left, v_executions);
		v_answers := v_answers || v_done;
		v_left := array(select id from unnest(v_left) id where not v_done ? id::text order by id);
		if v_left <> '{}' and v_round < 4 then perform wait_for_tasks(v_left); end if;
	end loop;
	return query
	select coalesce(v_answers -> id::text, jsonb_build_object('taskId', id::text, 'outcome', 'busy',
		'was', (select state from tasks t where t.id = u.id))) || v_matching from unnest(v_ids) u(id) order by id;
end $$;
