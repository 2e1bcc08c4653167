-- Caller: doctor_facts. Reads catalogs only.
-- Answer: one line an object, “kind name: definition”, sorted: what our schemas consist of, who owns it and who may do what with
-- it. Worded alike by every server that we support, so that doctor can compare with what the package's own migrations make.
-- An invalid index, an unvalidated constraint and a disabled trigger have no line. Of `content` only what belongs to our owner.
create or replace function orchestrator.schema_objects() returns setof text
language sql stable set search_path = orchestrator, pg_temp as $$
	with relations as (
		select c.oid, c.oid::regclass::text as name, c.relkind, c.relowner, c.relacl,
			case c.relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence' else 'table' end as kind
		from pg_class c
		where c.relkind in ('r', 'p', 'v', 'm', 'S', 'c') and (c.relnamespace = 'orchestrator'::regnamespace
			or c.relnamespace = 'content'::regnamespace and c.relowner = 'orchestrator_owner'::regrole)
	), types as (
		select t.* from pg_type t left join pg_class c on c.oid = t.typrelid
		where t.typnamespace = 'orchestrator'::regnamespace and (t.typtype = 'd' or c.relkind = 'c')
	), owned(name, owner, acl) as (
		select format('schema %s', n.nspname), n.nspowner, n.nspacl from pg_namespace n where n.nspname = 'orchestrator'
		union all
		select format('%s %s', r.kind, r.name), r.relowner, r.relacl from relations r where r.relkind <> 'c'
		union all
		select format('type %s', t.oid::regtype), t.typowner, coalesce(t.typacl, acldefault('T', t.typowner)) from types t
		union all
		-- A function that is not ours is told about as such.
		select format('function %s', p.oid::regprocedure), p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
		from pg_proc p where p.pronamespace = 'orchestrator'::regnamespace and exists (select from schema_functions f where f.name = p.proname)
	), granted(name, owner, grantee, what) as (
		select o.name, o.owner, a.grantee, lower(a.privilege_type) || case when a.is_grantable then ' with grant option' else '' end
		from owned o cross join aclexplode(o.acl) a
		union
		select format('%s %s', r.kind, r.name), r.relowner, a.grantee,
			format('%s (%s)', lower(a.privilege_type), string_agg(c.attname, ', ' order by c.attname collate "C"))
		from relations r join pg_attribute c on c.attrelid = r.oid and c.attnum > 0 and not c.attisdropped cross join aclexplode(c.attacl) a
		group by r.kind, r.name, r.relowner, a.grantee, a.privilege_type
	), lines(object, definition) as (
		select format('column %s of %s', a.attname, r.name), concat_ws(' ', format_type(a.atttypid, a.atttypmod),
			case when a.attnotnull then 'not null' end, case when a.attidentity <> '' then 'identity' end,
			'default ' || pg_get_expr(d.adbin, d.adrelid))
		from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
		left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where r.relkind in ('r', 'p', 'c')
		union all
		-- What a view reads is worded otherwise by each server: its columns and their types are what others rely on.
		select format('view %s', r.name), string_agg(format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
		from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped where r.kind = 'view' group by r.name
		union all
		select format('domain %s', t.oid::regtype), concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
			case when t.typnotnull then 'not null' end, 'default ' || t.typdefault,
			(select string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname) from pg_constraint k where k.contypid = t.oid and k.contype = 'c'))
		from types t where t.typtype = 'd'
		union all
		select format('index %s', i.indexrelid::regclass), regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX \S+ ', '\1')
		from pg_index i join relations r on r.oid = i.indrelid where i.indisvalid
		union all
		select format('constraint %s of %s', k.conname, r.name), pg_get_constraintdef(k.oid)
		-- Newer servers list NOT NULL among the constraints too.
		from pg_constraint k join relations r on r.oid = k.conrelid where k.contype <> 'n' and k.convalidated
		union all
		select format('trigger %s of %s', g.tgname, r.name), regexp_replace(pg_get_triggerdef(g.oid), '^CREATE (CONSTRAINT )?TRIGGER \S+ ', '\1')
		from pg_trigger g join relations r on r.oid = g.tgrelid where not g.tgisinternal and g.tgenabled <> 'D'
		union all
		select format('policy %s of %s', p.polname, r.name), concat(case when not p.polpermissive then 'restrictive ' end, 'for ',
			case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' else 'delete' end, ' to ',
			(select string_agg(case role when 0 then 'PUBLIC' else role::regrole::text end, ', ' order by role::regrole::text collate "C") from unnest(p.polroles) role),
			' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
		from pg_policy p join relations r on r.oid = p.polrelid
		union all
		select format('owner of %s', o.name), o.owner::regrole::text from owned o
		union all
		select format('rights of %s on %s', case g.grantee when 0 then 'PUBLIC' else g.grantee::regrole::text end, g.name),
			string_agg(g.what, ', ' order by g.what collate "C")
		from granted g where g.grantee <> g.owner group by g.grantee, g.name
	)
	-- Which names are quoted, because they are words of SQL, differs between servers.
	select l.line from (select replace(regexp_replace(format('%s: %s', object, definition), '\s+', ' ', 'g'), '"', '') as line from lines) l
	order by l.line collate "C";
$$;
