-- The four roles, and the login that migrates as a member of owner and admin. Roles belong to the whole server: another
-- database of it may create them at this very moment, and then they are there.
do $$
declare
	v_role text;
	v_bad text;
begin
	foreach v_role in array array['orchestrator_owner', 'orchestrator_admin', 'orchestrator_worker', 'orchestrator_reader'] loop
		continue when exists (select from pg_roles where rolname = v_role);
		begin
			execute format('create role %I nologin', v_role);
		exception
			when duplicate_object or unique_violation then null;
			when insufficient_privilege then
				raise exception 'the role % does not exist, and the login % may not create it', v_role, current_user using errcode = '42501',
					hint = format('Once, as an administrator of the server: alter role %1$I createrole; then migrate again. Or create the roles orchestrator_owner, orchestrator_admin, orchestrator_worker and orchestrator_reader for it, and grant the first two to %1$I.', current_user);
		end;
	end loop;

	select string_agg(rolname, ', ' order by rolname) into v_bad from pg_roles
	where rolname in ('orchestrator_owner', 'orchestrator_admin', 'orchestrator_worker', 'orchestrator_reader')
		and (rolcanlogin or rolsuper or rolbypassrls);
	if v_bad is not null then
		raise exception 'these roles may log in, are superusers or pass row security by: %', v_bad using errcode = '42501',
			hint = 'As a superuser: alter role … nologin nosuperuser nobypassrls;';
	end if;

	foreach v_role in array array['orchestrator_owner', 'orchestrator_admin'] loop
		-- USAGE: has its privileges without SET ROLE. A superuser has them of every role and is granted none.
		continue when pg_has_role(current_user, v_role, 'usage');
		begin
			execute format('grant %I to %I', v_role, current_user)
				|| case when current_setting('server_version_num')::integer >= 160000 then ' with inherit true, set true' else '' end;
		exception
			when unique_violation then null;
			when insufficient_privilege then
				raise exception 'the login % is no member of % and may not make itself one', current_user, v_role using errcode = '42501',
					hint = format('Once, as an administrator of the server: grant orchestrator_owner, orchestrator_admin to %I; then migrate again.', current_user);
		end;
		if not pg_has_role(current_user, v_role, 'usage') then
			raise exception 'the login % does not inherit the privileges of %', current_user, v_role using errcode = '42501',
				hint = format('As an administrator of the server: alter role %I inherit; then migrate again.', current_user);
		end if;
	end loop;
end $$;
