import type { TestDatabase } from './postgres';

/** Every object in our schemas (quotes left out: which words need them depends on the version of Postgres), who may do what with it; the owner's own rights left out. One line an object. */
const LISTING = `
	with grants as (
		select 'schema ' || n.nspname as object, '' as note, n.nspowner as owner, null::text as part, a.*
		from pg_namespace n left join aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a on true
		where n.nspname in ('orchestrator', 'content')
		union all
		select case c.relkind when 'v' then 'view ' when 'S' then 'sequence ' else 'table ' end || c.oid::regclass,
			case when c.relkind in ('r', 'p') then ' [row security ' || case when c.relrowsecurity and c.relforcerowsecurity then 'forced' else 'MISSING' end || ']' else '' end,
			c.relowner, null, a.*
		from pg_class c left join aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))) a on true
		where c.relnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
		union all
		select case c.relkind when 'v' then 'view ' else 'table ' end || c.oid::regclass,
			case when c.relkind in ('r', 'p') then ' [row security ' || case when c.relrowsecurity and c.relforcerowsecurity then 'forced' else 'MISSING' end || ']' else '' end,
			c.relowner, t.attname, a.*
		from pg_class c join pg_attribute t on t.attrelid = c.oid cross join aclexplode(t.attacl) a
		where c.relnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace)
		union all
		select 'type ' || replace(t.oid::regtype::text, '"', ''), '', t.typowner, null, a.*
		from pg_type t left join pg_class c on c.oid = t.typrelid left join aclexplode(coalesce(t.typacl, acldefault('T', t.typowner))) a on true
		where t.typnamespace in ('orchestrator'::regnamespace, 'content'::regnamespace) and (t.typtype in ('d', 'e', 'r') or c.relkind = 'c')
		union all
		select 'function ' || p.oid::regprocedure,
			case when p.prosecdef then ' [as owner' || case when p.proconfig @> array['search_path=orchestrator, pg_temp'] then '' else ', search_path NOT FIXED' end || ']' else '' end,
			p.proowner, null, a.*
		from pg_proc p left join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a on true
		where p.pronamespace in ('orchestrator'::regnamespace, 'content'::regnamespace)
	), by_grantee as (
		select object, note, owner, case when grantee = 0 then 'PUBLIC' else grantee::regrole::text end as who,
			string_agg(distinct lower(privilege_type) || case when is_grantable then '*' else '' end, ' ') filter (where part is null) as whole,
			string_agg(distinct part, ' ') filter (where part is not null and privilege_type = 'SELECT') as columns,
			string_agg(distinct part || '=' || privilege_type, ' ') filter (where part is not null and privilege_type <> 'SELECT') as others
		from grants where grantee is distinct from owner group by 1, 2, 3, 4
	)
	select object || note || case when owner = 'orchestrator_owner'::regrole then '' else ' OWNED BY ' || owner::regrole end
		|| coalesce(': ' || string_agg(replace(who, 'orchestrator_', '') || ' ' || concat_ws(' ', whole, 'sees (' || columns || ')', others), ', ' order by who), '') as line
	from (
		select * from by_grantee where who is not null
		union all
		select distinct object, note, owner, null, null, null, null from grants g
		where not exists (select from by_grantee b where b.object = g.object and b.who is not null)
	) each group by object, note, owner order by object collate "C"`;

export async function listPrivileges(database: TestDatabase): Promise<string[]> {
	const rows = await database.query(LISTING);
	return rows.map((row) => String(row.line));
}
