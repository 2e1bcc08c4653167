-- Row security on every table, forced on the owner too: a role sees rows only by a policy that says so. Without the
-- owner's policy our own functions would see nothing.
do $$
declare
	v_table record;
	v_policy record;
begin
	for v_table in
		select c.oid::regclass as name, c.oid, c.relrowsecurity and c.relforcerowsecurity as secured
		from pg_class c where c.relowner = 'orchestrator_owner'::regrole and c.relkind in ('r', 'p')
			and c.relnamespace in (select n.oid from pg_namespace n where n.nspname in ('orchestrator', 'content'))
	loop
		-- Each of these locks the table against everybody: only where it changes something.
		if not v_table.secured then
			execute format('alter table %s enable row level security, force row level security', v_table.name);
		end if;
		for v_policy in
			select * from (values
				('owner_does_all', 'for all to orchestrator_owner using (true) with check (true)'),
				('admin_does_what_is_granted', 'for all to orchestrator_admin using (true) with check (true)'),
				('reader_sees_what_is_granted', 'for select to orchestrator_reader using (true)')) as p(name, rule)
			where not exists (select from pg_policy q where q.polrelid = v_table.oid and q.polname = p.name)
		loop
			execute format('create policy %I on %s %s', v_policy.name, v_table.name, v_policy.rule);
		end loop;
	end loop;
end $$;
