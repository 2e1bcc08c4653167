-- Caller: functions that change one hold. Guard: none, reads its arguments only.
-- Answer: the holds with this one in the place of the execution's old one; p_hold.count = 0 takes it out.
create or replace function orchestrator.mutex_put_hold(p_holds orchestrator.mutex_hold[], p_hold orchestrator.mutex_hold) returns orchestrator.mutex_hold[]
language plpgsql stable set search_path = orchestrator, pg_temp as $$
declare
	v_holds mutex_hold[] := '{}';
	v_each mutex_hold;
begin
	foreach v_each in array p_holds loop
		if (v_each.instance, v_each.execution_id, v_each.era) <> (p_hold.instance, p_hold.execution_id, p_hold.era) then
			v_holds := v_holds || v_each;
		elsif p_hold.count > 0 then
			v_holds := v_holds || p_hold;
		end if;
	end loop;
	return v_holds;
end $$;
