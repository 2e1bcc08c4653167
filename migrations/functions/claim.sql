-- Caller: queue.claim with a ClaimPlan as jsonb.
-- Guard: READ COMMITTED; locks types (when a count on them decides), free slots (SKIP LOCKED: the strict cap), then each
-- task as it is picked (SKIP LOCKED). Every gate is read after its lock.
-- Order (S5, S7): a k-way merge over the heads of (fair key, priority); the best admissible head decides an execution's
-- type, the best of that type follow. S6: while several keys have queued tasks, none leads more executions than its share.
-- Answer: one ClaimedExecution as jsonb per execution won. No row = no free slot, no admissible task, or a lost race.
create or replace function orchestrator.claim(p_plan jsonb) returns setof jsonb
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_now constant timestamptz := now();
	v_slots smallint[];
	v_slot smallint;
	v_total integer;
	v_types jsonb;      -- workflow_type -> row of admissible_types
	s_key text[]; s_type text[]; s_priority integer[]; s_at timestamptz[]; s_id bigint[];  -- the streams' heads
	v_type jsonb;
	v_leader text;
	v_capped text[];
	v_ids bigint[];
	v_next record;
	i integer;
	v_execution uuid;
	v_made integer := 0;
begin
	perform assert_read_committed();
	perform set_actor('claim:' || (p_plan ->> 'owner'));
	perform promote_due(500);

	select count(*) into v_total from execution_slots;
	perform 1 from workflow_types y
	where y.workflow_type in (select q ->> 'workflowType' from jsonb_array_elements(p_plan -> 'quotas') q)
		and (y.max_concurrent < v_total or y.cadence_seconds is not null or jsonb_array_length(p_plan -> 'quotas') > 1)
	order by y.workflow_type for no key update;

	with free as materialized (
		select slot_no from execution_slots where execution_id is null
		order by slot_no limit least(greatest((p_plan ->> 'maxExecutions')::integer, 0), 1000) for update skip locked
	)
	select array_agg(slot_no order by slot_no) into v_slots from free;
	if v_slots is null then return; end if;

	select jsonb_object_agg(a.workflow_type, to_jsonb(a)) into v_types from admissible_types(p_plan) a;
	if v_types is null then return; end if;

	select array_agg(k.fair_key), array_agg(k.workflow_type), array_agg(p), array_agg(h.eligible_at), array_agg(h.id)
	into s_key, s_type, s_priority, s_at, s_id
	from fair_keys k
	cross join generate_series(1, 10) p
	cross join lateral (
		select t.id, t.eligible_at from tasks t where t.state = 'queued' and t.fair_key = k.fair_key and t.priority = p
		order by t.eligible_at, t.id limit 1) h
	where v_types ? k.workflow_type;
	if s_id is null then return; end if;

	foreach v_slot in array v_slots loop
		v_capped := keys_at_share_cap(
			array(select distinct h.key from unnest(s_key, s_type, s_id) h(key, type, id)
				where h.id is not null and (v_types -> h.type ->> 'room')::integer > 0),
			v_total);
		v_ids := '{}';
		v_type := null;
		loop
			select h.n into i
			from unnest(s_key, s_type, s_priority, s_at, s_id) with ordinality h(key, type, priority, at, id, n)
			where h.id is not null and case when v_type is null
				then (v_types -> h.type ->> 'room')::integer > 0 and not h.key = any (v_capped)
				else h.type = v_type ->> 'workflow_type' end
			order by score(h.priority, h.at, v_now) desc, h.at, h.id limit 1;
			exit when not found;

			perform 1 from tasks t where t.id = s_id[i] and t.state = 'queued' for update skip locked;
			if found then
				if v_type is null then
					v_type := v_types -> s_type[i];
					v_leader := s_key[i];
				end if;
				v_ids := v_ids || s_id[i];
			end if;

			-- The stream moves on past its head, whether it was won or another claimer holds it.
			select t.id, t.eligible_at into v_next from tasks t
			where t.state = 'queued' and t.fair_key = s_key[i] and t.priority = s_priority[i]
				and (t.eligible_at, t.id) > (s_at[i], s_id[i])
			order by t.eligible_at, t.id limit 1;
			s_id[i] := v_next.id;
			s_at[i] := v_next.eligible_at;
			exit when cardinality(v_ids) >= (v_type ->> 'batch_size')::integer;
		end loop;
		exit when v_ids = '{}';

		v_execution := reserve_execution(p_plan, v_type, v_leader, v_slot, v_ids, v_made);
		v_made := v_made + 1;
		v_types := jsonb_set(v_types, array[v_type ->> 'workflow_type', 'room'], to_jsonb((v_types -> (v_type ->> 'workflow_type') ->> 'room')::integer - 1));
		return next claimed_execution(v_execution, v_ids);
	end loop;
end $$;
