-- Caller: runs.complete, the last node of a pass.
-- Guard: that of end_run. Answer: false = it had ended before, or its slot was taken over. Writes metrics with it.
-- p_context.queue is what the plan found, {mode, warnings}: the metric batch_mode is what the next snapshot begins with, so
-- that the mode outlives every process. A run without a plan leaves it as it was. The whole context stays with the run, and in the log:
-- of each type why something was started, or nothing (queue.decisions, queue.nothingClaimed).
create or replace function orchestrator.complete_run(p_id uuid, p_context jsonb default '{}') returns boolean
language plpgsql volatile set search_path = orchestrator, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
	perform assert_read_committed();
	perform set_actor('complete', p_context);
	if not end_run(p_id, 'COMPLETED', null) then return false; end if;
	if p_context <> '{}' then update workflow_orchestration set context = context || redact(p_context) where id = p_id; end if;
	insert into orchestrator_metrics (run_id, metric, value)
	select p_id, m.metric, m.value from (
		select 'queue_depth', (select queued from queue_depth())
		union all select 'slots_used', (select count(*) from execution_slots where execution_id is not null)
		union all select 'executions_claimed', (select count(*) from workflow_orchestration where parent_execution_id = p_id)
		union all select 'run_ms', (select duration_ms from workflow_orchestration where id = p_id)
		union all select 'batch_mode', case p_context #>> '{queue,mode}' when 'batch' then 1 when 'normal' then 0 end
		union all select 'queue_warnings', case jsonb_typeof(p_context #> '{queue,warnings}') when 'array' then jsonb_array_length(p_context #> '{queue,warnings}') end
	) m(metric, value) where m.value is not null;
	return true;
end $$;
