-- Caller: doctor.examine, which adds what only the session itself may see; an operator in psql. Reads only, catalogs for
-- the most part.
-- Answer: {changedFunctions, unknownFunctions, objects, tablesWithoutRowSecurity (arrays of names), hotTables: [{table, live, dead,
-- autovacuum}], preparedTransactions: [{gid, seconds}], overdueLeases, slotsWithoutExecution, executionsWithoutSlot, tasksWithoutExecution,
-- unusedFairKeys, fairKeys}: numbers and names, no payload and no secret.
-- Example: select jsonb_pretty(orchestrator.doctor_facts());
create or replace function orchestrator.doctor_facts() returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'changedFunctions', (select coalesce(jsonb_agg(f.name order by f.name), '[]') from schema_functions f
			where f.fingerprint is not null and f.fingerprint is distinct from function_fingerprint(f.name)),
		'unknownFunctions', (select coalesce(jsonb_agg(p.oid::regprocedure::text order by p.proname), '[]') from pg_proc p
			where p.pronamespace = 'orchestrator'::regnamespace and not exists (select from schema_functions f where f.name = p.proname)),
		'objects', (select jsonb_agg(o.line order by o.line collate "C") from schema_objects() o(line)),
		'tablesWithoutRowSecurity', (select coalesce(jsonb_agg(c.oid::regclass::text order by c.relname), '[]') from pg_class c
			where c.relkind in ('r', 'p') and c.relnamespace = 'orchestrator'::regnamespace and not (c.relrowsecurity and c.relforcerowsecurity)),
		'hotTables', (select jsonb_agg(jsonb_build_object('table', s.relname, 'live', s.n_live_tup, 'dead', s.n_dead_tup,
				'autovacuum', not coalesce(c.reloptions && array['autovacuum_enabled=false', 'autovacuum_enabled=off'], false) and current_setting('autovacuum')::boolean
			) order by s.relname)
			from pg_stat_user_tables s join pg_class c on c.oid = s.relid
			where s.schemaname = 'orchestrator'
				and s.relname in ('tasks', 'workflow_orchestration', 'execution_slots', 'state_transitions', 'mutexes', 'fair_keys')),
		'preparedTransactions', (select coalesce(jsonb_agg(jsonb_build_object('gid', p.gid, 'seconds', extract(epoch from clock_timestamp() - p.prepared))
			order by p.prepared), '[]') from pg_prepared_xacts p where p.database = current_database()),
		'overdueLeases', (select count(*) from workflow_orchestration where lease_until < clock_timestamp() - interval '60 seconds'),
		'slotsWithoutExecution', (select coalesce(jsonb_agg(s.slot_no order by s.slot_no), '[]') from execution_slots s
			join workflow_orchestration e on e.id = s.execution_id where e.status not in ('claimed', 'accepted', 'started')),
		'executionsWithoutSlot', (select coalesce(jsonb_agg(e.id order by e.id), '[]') from workflow_orchestration e
			where e.kind = 'dispatch' and e.lease_until is not null and not exists (select from execution_slots s where s.execution_id = e.id)),
		'tasksWithoutExecution', (select count(*) from tasks t join workflow_orchestration e on e.id = t.execution_id where e.lease_until is null),
		'unusedFairKeys', (select count(*) from fair_keys k where k.created_at < clock_timestamp() - interval '30 days'
			and not exists (select from tasks t where t.fair_key = k.fair_key and t.state = 'queued')),
		'fairKeys', (select count(*) from fair_keys));
$$;
