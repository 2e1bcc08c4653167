-- Caller: runs.zombies, find_anomalies, get_system_health; an operator in psql. Reads only.
-- p_n8n_instance: those that this n8n may be asked about: its own, and those of which nobody knows where they run. Null = of
-- every n8n; '' = only those of an unknown one.
-- Answer: executions that were taken away after they had started and are not known to have ended in n8n (S10), for a day.
-- Guard: none.
create or replace function orchestrator.find_zombies(p_n8n_instance text default null, p_limit integer default 100)
returns table (
	execution_id uuid, epoch integer, workflow_type text, n8n_instance text, n8n_execution_id text, status text, taken_away_at timestamptz,
	stop_asked_at timestamptz
)
language sql stable set search_path = orchestrator, pg_temp as $$
	select e.id, e.epoch, e.workflow_type, e.n8n_instance, e.n8n_execution_id, e.status, e.finished_at, e.stop_asked_at
	from workflow_orchestration e
	where e.started_at is not null and e.n8n_ended_at is null and e.status in ('expired', 'cancelled')
		and e.finished_at > clock_timestamp() - interval '24 hours'
		and (p_n8n_instance is null or e.n8n_instance is null or e.n8n_instance = p_n8n_instance)
	order by e.finished_at desc limit p_limit;
$$;
