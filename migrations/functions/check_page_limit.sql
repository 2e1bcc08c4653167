-- Caller: the readers of history. Guard: OR005 unless p_limit is 1 to 1000.
create or replace function orchestrator.check_page_limit(p_limit integer) returns void
language plpgsql stable set search_path = orchestrator, pg_temp as $$
begin
	if p_limit is null or p_limit not between 1 and 1000 then
		raise exception 'a page has 1 to 1000 rows, got %', coalesce(p_limit::text, 'null')
			using errcode = 'OR005', hint = 'Ask for a page of at most 1000 rows, and for the next one behind its last row.';
	end if;
end $$;
