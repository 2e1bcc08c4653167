-- Caller: deadLetters.analyze; an operator in psql: select orchestrator.analyze_dead_letters();
-- Answer: {cause, code, count, firstDiedAt, lastDiedAt, sample: {taskId, message}, workflowTypes: {type: count}} a cause, the biggest
-- first, at most 100.
-- Keys (p_filter): status (open, the default, redriven, discarded or all), workflowTypes, fairKeys, causes and taskIds (arrays of text),
-- diedAfter and diedBefore (half-open). Left out = everything.
-- Example: select orchestrator.analyze_dead_letters();
create or replace function orchestrator.analyze_dead_letters(p_filter jsonb default '{}') returns setof jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	with found as materialized (
		select task_id, workflow_type, cause, code, message, died_at from find_dead_letters(p_filter)
	), of_type as (
		select cause, workflow_type, count(*) as n from found group by 1, 2
	), groups as (
		select cause, min(code) as code, count(*) as n, min(died_at) as first_at, max(died_at) as last_at,
			(array_agg(jsonb_build_object('taskId', task_id::text, 'message', message) order by died_at desc, task_id desc))[1] as sample
		from found group by cause order by 3 desc, 1 limit 100
	)
	select jsonb_build_object('cause', g.cause, 'code', g.code, 'count', g.n, 'firstDiedAt', g.first_at, 'lastDiedAt', g.last_at,
		'sample', g.sample, 'workflowTypes', (select jsonb_object_agg(t.workflow_type, t.n) from of_type t where t.cause = g.cause))
	from groups g order by g.n desc, g.cause;
$$;
