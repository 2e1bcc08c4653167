-- Caller: every process before its first call, as whichever role; migrate. Reads only.
-- Answer: {applied: […], functions: […]}, what was applied to this database. Keep the shape: older and newer code ask.
create or replace function orchestrator.installed_schema() returns jsonb
language sql stable set search_path = orchestrator, pg_temp as $$
	select jsonb_build_object(
		'applied', (select coalesce(jsonb_agg(jsonb_build_object('version', m.version, 'name', m.name, 'checksum', m.checksum,
			'serves_code_from', m.serves_code_from) order by m.version), '[]') from schema_migrations m),
		'functions', (select coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'hash', f.hash) order by f.name), '[]')
			from schema_functions f));
$$;
