-- Caller: claim, with one weight a key, 0 = this key does not contend.
-- Promise (S6, shareCaps in core/queue/claim-model.ts): max(1, ceil(weight / sum of weights * p_of)) for each contending key,
-- of all slots for executions, of the batch for the tasks of one execution. Null = not capped; a single key never is.
create or replace function orchestrator.share_caps(p_weights integer[], p_of integer) returns integer[]
language plpgsql immutable parallel safe as $$
declare
	v_caps integer[] := array_fill(null::integer, array[cardinality(p_weights)]);
	v_total integer := 0;
	v_keys integer := 0;
	v_weight integer;
begin
	foreach v_weight in array p_weights loop
		v_total := v_total + v_weight;
		v_keys := v_keys + (v_weight > 0)::integer;
	end loop;
	if v_keys < 2 then return v_caps; end if;
	for i in 1 .. cardinality(p_weights) loop
		if p_weights[i] > 0 then v_caps[i] := greatest(1, (p_weights[i]::bigint * p_of + v_total - 1) / v_total); end if;
	end loop;
	return v_caps;
end $$;
