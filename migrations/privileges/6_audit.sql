-- What is written down in audit_log: every change of the configuration, and every lock that was opened by force. Nothing
-- here is on the way of a task: slots change hands, keys are made by enqueueing and locks are taken without a trigger.
do $$
declare
	v_trigger record;
begin
	for v_trigger in
		select t.* from (values
			('workflow_types', 'insert or update or delete', 'true'),
			('llm_models', 'insert or update or delete', 'true'),
			('endpoints', 'insert or update or delete', 'true'),
			-- The claim's own notes (looks_from) are no configuration.
			('fair_keys', 'update', 'row(old.weight, old.paused_at, old.paused_reason, old.paused_by, old.workflow_type)
				is distinct from row(new.weight, new.paused_at, new.paused_reason, new.paused_by, new.workflow_type)'),
			('fair_keys', 'delete', 'true'),
			('fair_keys', 'insert', 'current_user <> ''orchestrator_owner'''),
			('execution_slots', 'insert or delete', 'true'),
			('dead_letters', 'update', 'old.redrives <> new.redrives or (old.discarded_at is null) <> (new.discarded_at is null)'),
			('mutex_incidents', 'insert', 'new.kind = ''forced''')) as t(name, events, condition)
	loop
		continue when exists (select from pg_trigger g where g.tgrelid = ('orchestrator.' || v_trigger.name)::regclass
			and g.tgname = 'audit_' || replace(v_trigger.events, ' ', '_'));
		execute format('create trigger %I after %s on orchestrator.%I for each row when (%s) execute function orchestrator.audit_change()',
			'audit_' || replace(v_trigger.events, ' ', '_'), v_trigger.events, v_trigger.name, v_trigger.condition);
	end loop;

	for v_trigger in
		select t.* from (values
			('workflow_types', 'insert or update or delete'),
			('llm_models', 'insert or update or delete'),
			('endpoints', 'insert or update or delete'),
			('fair_keys', 'insert or update or delete'),
			('execution_slots', 'insert or delete')) as t(name, events)
		where not exists (select from pg_trigger g where g.tgrelid = ('orchestrator.' || t.name)::regclass and g.tgname = 'names_its_actor')
	loop
		execute format('create trigger names_its_actor before %s on orchestrator.%I for each statement
			when (current_user <> ''orchestrator_owner'') execute function orchestrator.require_actor()', v_trigger.events, v_trigger.name);
	end loop;
end $$;
