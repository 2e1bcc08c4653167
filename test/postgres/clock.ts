import type { TestDatabase } from '../support/postgres';

/**
 * Moves every instant of every table, which for all that decides is the same as a clock that moved the other way; only the
 * boundaries of heartbeat slots belong to the clock itself. Triggers rest: they would write new instants.
 */
export async function moveInstants(database: TestDatabase, seconds: number): Promise<void> {
	await database.query(
		`do $pass$ declare
			t record;
		begin
			for t in
				select format('orchestrator.%I', c.table_name) as name,
					string_agg(format('%1$I = %1$I + interval ''${seconds} seconds''', c.column_name), ', ') as changes
				from information_schema.columns c join information_schema.tables y using (table_schema, table_name)
				where c.table_schema = 'orchestrator' and y.table_type = 'BASE TABLE'
					and c.data_type = 'timestamp with time zone' and (c.table_name, c.column_name) <> ('heartbeats', 'slot_at')
				group by c.table_name
			loop
				execute format('alter table %s disable trigger user', t.name);
				execute format('update %s set %s', t.name, t.changes);
				execute format('alter table %s enable trigger user', t.name);
			end loop;
			update orchestrator.mutexes set holds = array(
				select jsonb_populate_record(h, jsonb_build_object('lease_until', h.lease_until + interval '${seconds} seconds',
					'acquired_at', h.acquired_at + interval '${seconds} seconds', 'renewed_at', h.renewed_at + interval '${seconds} seconds'))
				from unnest(holds) h);
		end $pass$`,
	);
}
