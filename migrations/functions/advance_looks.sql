-- Caller: claim, with the types it may start and the keys in which it found something.
-- Promise: at most every 3 s a key, its looks_from move up to the heads of its streams, but never into the last minute:
-- what a transaction of less than that enqueues is not passed over. A key without a find, and every key each 5 min, is
-- looked through from the beginning, which finds what a longer transaction enqueued.
-- Guard: the keys' rows, before it looks; promote_due holds them while it makes older rows queued. A key that another
-- transaction has is left alone.
create or replace function orchestrator.advance_looks(p_types text[], p_found text[]) returns void
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	c_pause constant interval := '3 seconds';
	c_look_back constant interval := '5 minutes';
	c_newest constant interval := '60 seconds';
	v_keys text[];
begin
	if not exists (select 1 from fair_keys where workflow_type = any (p_types) and looks_from_at < clock_timestamp() - c_pause) then return; end if;
	v_keys := array(select fair_key from fair_keys where workflow_type = any (p_types) and looks_from_at < clock_timestamp() - c_pause
		order by fair_key for no key update skip locked);
	update fair_keys k set looks_from_at = clock_timestamp(), looked_back_at = case when b.looks_back then clock_timestamp() else k.looked_back_at end,
		looks_from = array(
			select least(clock_timestamp() - c_newest, (
				select h.eligible_at from stream_head(k.fair_key, p, case when b.looks_back then '-infinity' else k.looks_from[p] end) h))
			from generate_series(1, 10) p order by p)
	from (
		select fair_key, looked_back_at < clock_timestamp() - c_look_back or not coalesce(fair_key = any (p_found), false) as looks_back
		from fair_keys where fair_key = any (v_keys)) b
	where k.fair_key = b.fair_key;
end $$;
