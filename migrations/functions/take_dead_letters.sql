-- Caller: redrive_dead_letters and discard_dead_letters, with their filter and options.
-- Promise: of the open letters that match, the latest deaths up to the limit. Unless this is a dry run their tasks are locked
-- by id (those that others hold are skipped), then the letters, which are looked at again: of two calls each letter is in one.
-- Guard: those of find_dead_letters; OR005 for a status other than open.
-- Answer: how many match, and the tasks whose letters are taken, the oldest death first.
create or replace function orchestrator.take_dead_letters(p_filter jsonb, p_options jsonb, out matching integer, out task_ids bigint[])
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
#variable_conflict use_column
begin
	perform assert_read_committed();
	if coalesce(p_filter ->> 'status', 'open') <> 'open' then
		raise exception 'status must be open: only open letters are redriven or discarded, got %', left(redact_text(p_filter ->> 'status'), 100) using errcode = 'OR005';
	end if;
	select count(*) into matching from find_dead_letters(p_filter);
	task_ids := array(select task_id from find_dead_letters(p_filter, limit_of(p_options -> 'limit', 1000, 10000)) order by died_at, task_id);
	if coalesce((p_options ->> 'dryRun')::boolean, false) then return; end if;
	task_ids := array(select id from tasks where id = any (task_ids) and state = 'dead' order by id for update skip locked);
	perform 1 from dead_letters where task_id = any (task_ids) order by task_id for update;
	task_ids := array(select task_id from dead_letters where task_id = any (task_ids) and status = 'open' order by died_at, task_id);
end $$;
