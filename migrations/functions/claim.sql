-- Caller: queue.claim with a ClaimPlan as jsonb.
-- Guard: READ COMMITTED; locks types (when a cap or share of theirs may decide), free slots (SKIP LOCKED: the strict cap), then the
-- tasks as they are picked (SKIP LOCKED). Every gate is read after its lock.
-- Order (S5, S7): a k-way merge over the heads of (fair key, priority). The best admissible head decides an execution's
-- type, the best of that type follow. A stream stays closed until the merge comes to the best score that it can have.
-- Share (S6): while several keys have eligible tasks, none leads more executions and none fills more of an execution than
-- its share; what the others cannot fill is anybody's.
-- Answer: one ClaimedExecution as jsonb per execution won. No row = no free slot, no admissible task, or a lost race.
create or replace function orchestrator.claim(p_plan jsonb) returns setof jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
	v_now constant timestamptz := now();
	v_total integer;
	v_tight boolean;
	v_slots smallint[];
	v_types jsonb;      -- workflow_type -> row of admissible_types
	-- Types that are admissible: how many executions each may still start, of how many tasks, for how long.
	y_name text[]; y_room integer[]; y_batch integer[]; y_limit integer[];
	-- Keys, in the order of their names: number of the type, executions they lead, streams known to have a head, score of the first.
	k_name text[]; k_type integer[]; k_weight integer[]; k_held integer[]; k_streams integer[]; k_score numeric[];
	-- Streams: the key's number and the priority stand, the head moves on. A closed one has s_id 0, where to look from, and the best
	-- score it can have. v_order: numbers of streams, best first.
	s_key integer[]; s_priority integer[]; s_at timestamptz[]; s_id bigint[]; s_score numeric[]; v_order integer[];
	-- What was read ahead of the heads: places s_next to s_last of b_. s_ahead: how many the next look reads; 0 = nothing is left.
	b_at timestamptz[] := '{}'; b_id bigint[] := '{}'; s_next integer[]; s_last integer[]; s_ahead integer[];
	-- The execution that is being filled; until its leader is won, v_type is null.
	v_slot smallint; v_type integer; v_leader integer; v_room integer; v_caps integer[]; v_taken integer[]; v_lifted boolean;
	v_ids bigint[]; v_items jsonb[]; v_priority integer; v_epoch integer; v_limit integer;
	v_picked bigint[]; v_picked_key integer[]; v_won record; v_ahead record; v_head record; v_early bigint; v_spent boolean;
	-- Shares of the slots, and of a batch of c_type, as long as the same keys contend.
	c_slots integer[]; c_batch integer[]; c_type integer;
	-- What was won: the executions, and each task with the number of its execution.
	e_id uuid[] := '{}'; e_slot smallint[] := '{}'; e_type text[] := '{}'; e_key text[] := '{}'; e_priority integer[] := '{}';
	e_epoch integer[] := '{}'; e_limit integer[] := '{}'; e_items jsonb[] := '{}'; t_id bigint[] := '{}'; t_execution integer[] := '{}';
	i integer; j integer; s integer; k integer;
begin
	perform assert_read_committed(), set_actor('claim:' || (p_plan ->> 'owner'));

	-- With many slots and most of them free no share is near its cap: nobody waits for anybody.
	select count(*), count(*) < 100 or count(execution_id) * 4 >= count(*) into v_total, v_tight from execution_slots;
	perform 1 from workflow_types y
	where y.workflow_type in (select q ->> 'workflowType' from jsonb_array_elements(p_plan -> 'quotas') q)
		and (v_tight or y.max_concurrent < v_total or y.cadence_seconds is not null)
	order by y.workflow_type for no key update;
	perform promote_due(500);
	with free as materialized (
		select slot_no from execution_slots where execution_id is null
		order by slot_no limit least(greatest((p_plan ->> 'maxExecutions')::integer, 0), 1000) for update skip locked
	)
	select array_agg(slot_no order by slot_no) into v_slots from free;
	if v_slots is null then return; end if;
	select jsonb_object_agg(a.workflow_type, to_jsonb(a)), array_agg(a.workflow_type), array_agg(a.room), array_agg(a.batch_size),
		array_agg(a.limit_seconds)
	into v_types, y_name, y_room, y_batch, y_limit from admissible_types(p_plan) a;
	if v_types is null then return; end if;

	-- A key contends when one of its streams has a task: the first that has, in the order of what they can score at most.
	with contending as materialized (
		select row_number() over (order by k.fair_key)::integer as n, k.fair_key, k.workflow_type, k.weight, k.looks_from, o.best, first.*,
			(select count(*)::integer from execution_slots s where s.execution_id is not null
				and s.workflow_type = k.workflow_type and s.fair_key = k.fair_key) as held
		from fair_keys k
		cross join lateral (select array_agg(best_score(p, k.looks_from[p], v_now) order by p) as best from generate_series(1, 10) p) o
		cross join lateral (
			select p, h.eligible_at as at, h.id, score(p, h.eligible_at, v_now) as points
			from (select p, o.best[p] as at_most from generate_series(1, 10) p order by at_most desc, p desc) p
			cross join lateral stream_head(k.fair_key, p, k.looks_from[p]) h
			order by at_most desc, p desc limit 1) first
		where k.workflow_type = any (y_name) and k.paused_at is null
	)
	select keys.*, streams.* into k_name, k_type, k_weight, k_held, k_streams, k_score, s_key, s_priority, s_at, s_id, s_score, v_early
	from (
		select array_agg(fair_key order by n), array_agg(array_position(y_name, workflow_type) order by n), array_agg(weight order by n),
			array_agg(held order by n), array_agg(1 order by n), array_agg(points order by n) from contending
		) keys, (
		select array_agg(n), array_agg(p), array_agg(at), array_agg(id), array_agg(points), count(*) filter (where early) from (
			select n, p, at, id, points, false as early from contending
			union all
			select n, q, looks_from[q], 0, best[q], best[q] >= points from contending cross join generate_series(1, 10) q
			where (best[q], q) < (best[p], p)
			order by points desc, at, id) s
		) streams;
	perform advance_looks(y_name, k_name);
	if s_id is null then return; end if;
	-- While a short queue runs off, the last look is old, and many may come before their key's head: those are opened at once
	-- [one by one 1,000 queued of 32 keys took 1.7 times as long].
	if v_early > 8 then
		select array_agg(key), array_agg(p), array_agg(at), array_agg(id), array_agg(points) into s_key, s_priority, s_at, s_id, s_score from (
			select s.* from unnest(s_key, s_priority, s_at, s_id, s_score) s(key, p, at, id, points) where id > 0 or points < k_score[key]
			union all
			select s.key, s.p, h.eligible_at, h.id, score(s.p, h.eligible_at, v_now)
			from unnest(s_key, s_priority, s_at, s_id, s_score) s(key, p, at, id, points) cross join lateral stream_head(k_name[s.key], s.p, s.at) h
			where s.id = 0 and s.points >= k_score[s.key]
			order by points desc, at, id) s;
		k_streams := array(select count(*) from unnest(s_key, s_id) s(key, id) where id > 0 group by key order by key);
	end if;
	v_order := array(select generate_series(1, cardinality(s_id)));
	s_next := array_fill(1, array[cardinality(s_id)]);
	s_last := array_fill(0, array[cardinality(s_id)]);
	s_ahead := array_fill(4, array[cardinality(s_id)]);

	foreach v_slot in array v_slots loop
		v_type := null;
		v_ids := '{}';
		v_items := '{}';
		v_priority := 0;
		v_epoch := 0;
		v_limit := 0;
		v_room := 1;
		v_lifted := false;
		v_taken := k_held;
		if c_slots is null then
			c_slots := share_caps(array(select case when u.streams > 0 and y_room[u.type] > 0 then u.weight else 0 end
				from unnest(k_streams, k_type, k_weight) u(streams, type, weight)), v_total);
		end if;
		v_caps := c_slots;
		loop
			-- Pick from the front of the order; what may not be taken is passed over and stays where it is.
			v_picked := '{}';
			v_picked_key := '{}';
			i := 1;
			v_spent := false;
			while cardinality(v_picked) < v_room and i <= cardinality(v_order) loop
				s := v_order[i];
				k := s_key[s];
				if (case when v_type is null then y_room[k_type[k]] <= 0 else v_type <> k_type[k] end)
					or (v_taken[k] >= v_caps[k] and not v_lifted)
				then
					i := i + 1;
					continue;
				end if;
				if s_id[s] > 0 then
					v_picked := v_picked || s_id[s];
					v_picked_key := v_picked_key || k;
					v_taken[k] := v_taken[k] + 1;
				end if;

				-- The stream is opened, or moves on past its head, whether we win that or another claimer has it; it sinks to its new place.
				if s_next[s] > s_last[s] and s_ahead[s] > 0 then
					select array_agg(t.eligible_at) as at, array_agg(t.id) as id, count(*)::integer as n into v_ahead from (
						select t.eligible_at, t.id from tasks t
						where t.state = 'queued' and t.fair_key = k_name[k] and t.priority = s_priority[s]
							and (t.eligible_at, t.id) > (s_at[s], s_id[s])
						order by t.eligible_at, t.id limit s_ahead[s]) t;
					s_next[s] := cardinality(b_id) + 1;
					b_at := b_at || v_ahead.at;
					b_id := b_id || v_ahead.id;
					s_last[s] := cardinality(b_id);
					-- Who is picked often reads further ahead the next time.
					s_ahead[s] := case when v_ahead.n = s_ahead[s] then least(2 * s_ahead[s], 64) else 0 end;
				end if;
				if s_next[s] > s_last[s] then
					v_order := v_order[:i - 1] || v_order[i + 1:];
					if s_id[s] > 0 then k_streams[k] := k_streams[k] - 1; end if;
					v_spent := v_spent or k_streams[k] = 0;
					continue;
				end if;
				if s_id[s] = 0 then k_streams[k] := k_streams[k] + 1; end if;
				s_at[s] := b_at[s_next[s]];
				s_id[s] := b_id[s_next[s]];
				s_next[s] := s_next[s] + 1;
				s_score[s] := score(s_priority[s], s_at[s], v_now);
				j := i;
				while j < cardinality(v_order) and row(s_score[s], s_at[v_order[j + 1]], s_id[v_order[j + 1]]) < row(s_score[v_order[j + 1]], s_at[s], s_id[s]) loop
					v_order[j] := v_order[j + 1];
					j := j + 1;
				end loop;
				v_order[j] := s;
			end loop;
			if v_spent then
				-- Whether a key without an open stream still contends, its closed ones tell: all of them are opened.
				for v_head in
					select o.s, h.id, h.eligible_at as at from unnest(v_order) o(s)
					cross join lateral stream_head(k_name[s_key[o.s]], s_priority[o.s], s_at[o.s]) h
					where s_id[o.s] = 0 and k_streams[s_key[o.s]] = 0
				loop
					s := v_head.s;
					s_id[s] := v_head.id;
					s_at[s] := v_head.at;
					s_score[s] := score(s_priority[s], s_at[s], v_now);
					k_streams[s_key[s]] := k_streams[s_key[s]] + 1;
				end loop;
				v_order := array(select o.s from unnest(v_order) o(s) where k_streams[s_key[o.s]] > 0 order by s_score[o.s] desc, s_at[o.s], s_id[o.s]);
				c_slots := null;
				c_type := null;
			end if;

			if v_picked = '{}' then
				-- The others cannot fill the rest of this execution: it is anybody's.
				exit when v_type is null or v_lifted;
				v_lifted := true;
				continue;
			end if;
			with free as materialized (
				-- `|| ''`: no partial index fits, only the primary key. While a table is young the planner takes its few tasks for all
				-- there are, and would read every queued one.
				select t.id, t.priority, t.epoch, (t.overrides ->> 'limitSeconds')::integer as limit_seconds, jsonb_build_object(
					'task_id', t.id::text, 'idempotency_key', t.idempotency_key, 'attempt', t.attempts + 1, 'input', t.input) as item
				from tasks t where t.id = any (v_picked) and t.state || '' = 'queued' and (t.expires_at is null or t.expires_at > clock_timestamp())
				order by t.id for update skip locked
			)
			select coalesce(array_agg(p.id order by p.n), '{}') as ids, array_agg(f.item order by p.n) as items, max(f.priority) as priority,
				max(f.epoch) as epoch, max(coalesce(f.limit_seconds, y_limit[k_type[v_picked_key[1]]])) as limit_seconds
			into v_won from unnest(v_picked) with ordinality p(id, n) join free f using (id);
			if cardinality(v_won.ids) < cardinality(v_picked) then
				for j in 1 .. cardinality(v_picked) loop
					if v_picked[j] <> all (v_won.ids) then v_taken[v_picked_key[j]] := v_taken[v_picked_key[j]] - 1; end if;
				end loop;
			end if;
			v_ids := v_ids || v_won.ids;
			v_items := v_items || v_won.items;
			v_priority := greatest(v_priority, v_won.priority);
			v_epoch := greatest(v_epoch, v_won.epoch);
			v_limit := greatest(v_limit, v_won.limit_seconds);
			if v_type is null and v_won.ids <> '{}' then
				v_leader := v_picked_key[1];
				v_type := k_type[v_leader];
				if c_type is distinct from v_type then
					c_batch := share_caps(array(select case when u.streams > 0 and u.type = v_type then u.weight else 0 end
						from unnest(k_streams, k_type, k_weight) u(streams, type, weight)), y_batch[v_type]);
					c_type := v_type;
				end if;
				v_caps := c_batch;
				v_taken := array_fill(0, array[cardinality(k_name)]);
				v_taken[v_leader] := 1;
			end if;
			v_room := case when v_type is null then 1 else y_batch[v_type] - cardinality(v_ids) end;
			exit when v_room = 0;
		end loop;
		exit when v_type is null;

		k_held[v_leader] := k_held[v_leader] + 1;
		y_room[v_type] := y_room[v_type] - 1;
		if y_room[v_type] = 0 then c_slots := null; end if;
		e_id := e_id || gen_random_uuid();
		e_slot := e_slot || v_slot;
		e_type := e_type || y_name[v_type];
		e_key := e_key || k_name[v_leader];
		e_priority := e_priority || v_priority;
		e_epoch := e_epoch || 1 + v_epoch;
		e_limit := e_limit || v_limit;
		e_items := e_items || to_jsonb(v_items);
		t_id := t_id || v_ids;
		t_execution := t_execution || array_fill(cardinality(e_slot), array[cardinality(v_ids)]);
	end loop;
	if e_slot <> '{}' then
		return query select reserve_executions(p_plan, v_types, e_id, e_slot, e_type, e_key, e_priority, e_epoch, e_limit, e_items, t_id, t_execution);
	end if;
end $$;
