-- Caller: deadLetters.list; an operator in psql. Guard: OR005 for a status, limit or p_after that is not allowed.
-- Answer: {letters: [{taskId, workflowType, fairKey, status, cause, code, message, reason, failures, diedAt, expiresAt, redrives,
-- redrivenAt,
-- redrivenBy, discardedAt, discardedBy}], next}: the latest death first, at most 1,000 (100 by default); next = p_after of the
-- following page, null = the last.
-- Keys (p_filter): status (open, the default, redriven, discarded or all), workflowTypes, fairKeys, causes and taskIds (arrays of text),
-- diedAfter and diedBefore (half-open). Left out = everything.
-- Example: select orchestrator.list_dead_letters('{"workflowTypes": ["content_pipeline"]}');
create or replace function orchestrator.list_dead_letters(p_filter jsonb default '{}', p_after text default null, p_limit integer default null)
returns jsonb
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	v_limit constant integer := limit_of(to_jsonb(p_limit), 100, 1000);
	v_after_at timestamptz;
	v_after_id bigint;
begin
	if p_after is not null then
		begin
			v_after_at := to_timestamp(split_part(p_after, '/', 1)::bigint / 1000000) + make_interval(secs => split_part(p_after, '/', 1)::bigint % 1000000 / 1e6);
			v_after_id := split_part(p_after, '/', 2)::bigint;
		exception when others then
			raise exception 'after must be the "next" of a page, got %', redact_text(p_after) using errcode = 'OR005';
		end;
	end if;
	return (
		with found as materialized (
			select row_number() over () as n, d.* from find_dead_letters(p_filter, v_limit + 1, v_after_at, v_after_id) d
		), last_row as (
			select died_at, task_id from found where n = v_limit and exists (select 1 from found where n > v_limit)
		)
		select jsonb_build_object(
			'letters', coalesce((select jsonb_agg(dead_letter_json(d) order by f.n)
				from found f join dead_letters d on d.task_id = f.task_id where f.n <= v_limit), '[]'),
			'next', (select format('%s/%s', (extract(epoch from died_at) * 1000000)::bigint, task_id) from last_row)));
end $$;
