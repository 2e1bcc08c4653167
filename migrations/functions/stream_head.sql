-- Caller: claim, advance_looks; inlined into their look at every stream.
-- Answer: the oldest queued task of the stream that is eligible since p_from; no row = none.
-- Most heads stand where the last look found them (advance_looks): near p_from. A scan without an end reads its whole page of
-- the index, several times as long, so it is the second one [40 streams at a million queued: 1.3 ms, in two steps 0.7].
create or replace function orchestrator.stream_head(p_fair_key text, p_priority integer, p_from timestamptz)
returns table (id bigint, eligible_at timestamptz)
language sql stable as $$
	select coalesce(near.id, far.id), coalesce(near.eligible_at, far.eligible_at)
	from (values (true)) once
	left join lateral (
		select t.id, t.eligible_at from orchestrator.tasks t where t.state = 'queued' and t.fair_key = p_fair_key and t.priority = p_priority
			and t.eligible_at >= p_from and t.eligible_at < p_from + interval '5 seconds'
		order by t.eligible_at, t.id limit 1) near on true
	left join lateral (
		select t.id, t.eligible_at from orchestrator.tasks t where near.id is null and t.state = 'queued' and t.fair_key = p_fair_key
			and t.priority = p_priority and t.eligible_at >= p_from
		order by t.eligible_at, t.id limit 1) far on true
	where coalesce(near.id, far.id) is not null;
$$;
