-- Caller: archive_history. Locks a tree without waiting, executions before tasks (S8), and looks at it again under the locks.
-- Answer: true = every member is locked by us, has ended, and that before p_before; a dead task that may still be redriven has
-- not ended. False = leave the tree as it is; what was locked stays so until the transaction ends.
create or replace function orchestrator.lock_ended_tree(p_tasks bigint[], p_executions uuid[], p_before timestamptz) returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp as $$
declare
	v_locked integer;
begin
	-- A look without locks first: a tree that still lives is not touched.
	if exists (select from workflow_orchestration where id = any (p_executions) and coalesce(finished_at >= p_before, true))
		or exists (select from tasks where id = any (p_tasks) and coalesce(finished_at >= p_before, true)) then return false; end if;

	select count(*) into v_locked from (
		select 1 from workflow_orchestration where id = any (p_executions) and finished_at < p_before
		order by id for update skip locked) l;
	if v_locked < cardinality(p_executions) then return false; end if;
	select count(*) into v_locked from (
		select 1 from tasks t where t.id = any (p_tasks) and t.finished_at < p_before
			and not exists (select from dead_letters d where d.task_id = t.id and d.status = 'open' and d.expires_at > clock_timestamp())
		order by t.id for update skip locked) l;
	return v_locked = cardinality(p_tasks);
end $$;
