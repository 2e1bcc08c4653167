-- Everything of ours belongs to orchestrator_owner, whoever created it. The schema `content` may have tables of the operator's
-- own: there only what is named in 5_tables.sql is ours (it moves with its line), and the schema only if nothing else is in it.
do $$
declare
	c_owner constant regrole := 'orchestrator_owner';
	-- Tables of ours in `content`.
	c_content constant text[] := array['articles'];
	v_sql text;
begin
	-- A new owner must be allowed to create in the schema, so schemas go first.
	for v_sql in
		select case
			when n.nspname = 'content' and exists (select from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
				and not c.relname = any (c_content) and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i')))
			then 'grant usage, create on schema content to orchestrator_owner'
			else format('alter schema %I owner to orchestrator_owner', n.nspname) end
		from pg_namespace n where n.nspname in ('orchestrator', 'content') and n.nspowner <> c_owner
	loop
		execute v_sql;
	end loop;

	for v_sql in
		select format('alter %s %s owner to orchestrator_owner',
			case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' when 'c' then 'type' else 'table' end, c.oid::regclass)
		from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relowner <> c_owner and c.relkind in ('r', 'p', 'v', 'm', 'S', 'c')
			and (n.nspname = 'orchestrator' or n.nspname = 'content' and c.relname = any (c_content))
			-- Sequences of columns go with their table; what an extension made stays with it.
			and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
				and (d.deptype = 'e' or c.relkind = 'S' and d.deptype in ('a', 'i')))
		union all
		select format('alter domain %s owner to orchestrator_owner', t.oid::regtype)
		from pg_type t where t.typnamespace = 'orchestrator'::regnamespace and t.typtype = 'd' and t.typowner <> c_owner
		union all
		select format('alter routine %s owner to orchestrator_owner', p.oid::regprocedure)
		from pg_proc p where p.pronamespace = 'orchestrator'::regnamespace and p.proowner <> c_owner
	loop
		execute v_sql;
	end loop;
end $$;
