-- Caller: an operator in psql, after set-up and after each upgrade. Reads only.
-- Answer: always the same rows in the same order. check_name; status: ok, warning = works, but look at it, or problem = something
-- does not work; detail: what was found and, where it is not ok, what to do. It knows this database only: `master-orchestrator doctor`
-- also compares it with what the installed package expects, and looks at clocks and connections.
-- Example: select * from orchestrator.validate_coordinator_deployment();
create or replace function orchestrator.validate_coordinator_deployment() returns table (check_name text, status text, detail text)
language sql stable set search_path = orchestrator, pg_temp as $$
	with facts as materialized (
		select doctor_facts() as doctor, get_system_health() as health
	), types as (
		select y.workflow_type, y.paused_at is not null as paused,
			exists (select from dispatch_addresses d where d.workflow_type = y.workflow_type) as reachable
		from workflow_types y
	), heartbeat as (
		select max(finished_at) as last_at, max(interval_seconds) filter (where finished_at is not null) as every from heartbeats
	), objects as materialized (
		select o.line from facts f cross join jsonb_array_elements_text(f.doctor -> 'objects') o(line)
	), checks(n, name, severity, found, fine, remedy) as (
		select 1, 'schema', 'problem', (select string_agg(f.name, ', ') from facts cross join jsonb_array_elements_text(doctor -> 'changedFunctions') f(name)),
			format('version %s, %s functions as they were applied', (select max(version) from schema_migrations),
				(select count(*) from schema_functions where fingerprint is not null)),
			'These functions were replaced or altered by hand: master-orchestrator migrate --reapply'
		union all
		select 2, 'objects', 'problem', (
			select string_agg(x.what, ', ' order by x.what collate "C") from (
				select format('invalid index %s', i.indexrelid::regclass) as what from pg_index i join pg_class c on c.oid = i.indrelid
				where c.relnamespace = 'orchestrator'::regnamespace and not i.indisvalid
				union all
				select format('constraint %s of %s, which was never validated', k.conname, k.conrelid::regclass) from pg_constraint k
				where k.connamespace = 'orchestrator'::regnamespace and k.conrelid <> 0 and not k.convalidated
				union all
				select format('disabled trigger %s of %s', g.tgname, g.tgrelid::regclass) from pg_trigger g join pg_class c on c.oid = g.tgrelid
				where c.relnamespace = 'orchestrator'::regnamespace and not g.tgisinternal and g.tgenabled = 'D') x),
			format('%s columns, indexes, constraints, triggers and policies, all in force',
				(select count(*) from objects where line ~ '^(column|index|constraint|trigger|policy) ')),
			'Reindex, validate or enable them; docs/schema.sql has all that there should be'
		union all
		select 3, 'rights', 'problem', (
			select string_agg(x.what, ', ' order by x.what collate "C") from (
				select line as what from objects
				where line ~ '^rights of PUBLIC ' or line ~ '^rights of orchestrator_worker on (table|view|sequence) '
					or line ~ '^owner of ' and line !~ ': orchestrator_owner$'
				union all
				select format('%s without forced row security', t.name) from facts cross join jsonb_array_elements_text(doctor -> 'tablesWithoutRowSecurity') t(name)
				union all
				select format('%s does not run as its owner in a fixed search_path', p.oid::regprocedure) from pg_proc p
				where p.pronamespace = 'orchestrator'::regnamespace and p.provolatile <> 'i'
					and not (p.prosecdef and coalesce(p.proconfig @> array['search_path=orchestrator, pg_temp'], false))
					and exists (select from aclexplode(p.proacl) a where a.grantee in ('orchestrator_worker'::regrole, 'orchestrator_reader'::regrole))) x),
			'PUBLIC has nothing, workers call functions only', 'master-orchestrator migrate --reapply issues all rights again'
		union all
		select 4, 'roles', 'warning', case when not exists (
				select from pg_auth_members m join pg_roles r on r.oid = m.member where m.roleid = 'orchestrator_worker'::regrole and r.rolcanlogin)
			then 'no login is a member of orchestrator_worker' end, 'a login is a member of orchestrator_worker',
			'n8n works with the rights of an owner or administrator: create a login of its own and grant it orchestrator_worker (docs/roles.md)'
		union all
		select 5, 'workflow_types', 'problem', case when not exists (select from types) then 'there is none' end,
			(select string_agg(workflow_type, ', ' order by workflow_type) from types), 'Insert into orchestrator.workflow_types what may run'
		union all
		select 6, 'paused', 'warning', (select string_agg(workflow_type, ', ' order by workflow_type) from types where paused), 'none',
			'Nothing of these types is claimed: orchestrator.resume_queue when they may go on'
		union all
		select 7, 'addresses', 'problem', (select string_agg(workflow_type, ', ' order by workflow_type) from types where not reachable and not paused),
			'every type that is not paused has an address for its tasks, and one for the results beside it',
			'Publish the workflow whose Task Trigger takes this type, and the Master Orchestrator of the same deployment'
		union all
		select 8, 'slots', 'problem', case when not exists (select from execution_slots) then 'there is none, so nothing can start' end,
			(select format('%s executions at once', count(*)) from execution_slots), 'Insert rows into orchestrator.execution_slots, 3 by default'
		union all
		select 9, 'models', 'warning', case when not exists (select from llm_models where enabled) then 'none is enabled' end,
			(select string_agg(format('%s %s', provider, model), ', ' order by provider) from llm_models where enabled),
			'Executions are told no model: master-orchestrator model'
		union all
		select 10, 'heartbeat', 'problem', (select case
				when last_at is null then 'none was completed yet'
				when last_at < clock_timestamp() - 2 * make_interval(secs => every) then format('the last one was completed at %s, one is due every %s s', last_at, every)
			end from heartbeat),
			(select format('completed at %s', last_at) from heartbeat), 'Publish the Master Orchestrator, and look at its executions in n8n'
		union all
		select 11, 'health', 'warning', (select nullif(string_agg(r.reason, '; '), '') from facts cross join jsonb_array_elements_text(health -> 'reasons') r(reason)),
			'nothing is overdue', 'orchestrator.get_system_health() has the numbers'
	)
	select c.name, case when c.found is null then 'ok' else c.severity end,
		case when c.found is null then c.fine else format('%s. %s.', c.found, c.remedy) end
	from checks c order by c.n;
$$;
