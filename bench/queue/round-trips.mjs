import pg from 'pg';

/** Statements that this process sends while `work` runs, over whichever connection. */
export async function countRoundTrips(work) {
	const { query } = pg.Client.prototype;
	let count = 0;
	pg.Client.prototype.query = function counted(...args) {
		count++;
		return query.apply(this, args);
	};
	try {
		await work();
	} finally {
		pg.Client.prototype.query = query;
	}
	return count;
}

/**
 * Milliseconds that the server spent on planning and running the caller's statements in one database since `reset`: as
 * pg_stat_statements has it, per
 * statement; with `nested` also those inside functions. What the network and this process take is not in it.
 */
export async function openStatementTimes({ admin, name, url }, { nested = false } = {}) {
	const caller = new URL(url).username;
	await admin.query('create extension if not exists pg_stat_statements');
	await admin.query(
		`alter role ${caller} in database ${name} set pg_stat_statements.track = '${nested ? 'all' : 'top'}'`,
	);
	await admin.query(`alter role ${caller} in database ${name} set pg_stat_statements.track_planning = on`);
	const own =
		'from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname = current_database()';
	return {
		reset: async () => admin.query('select pg_stat_statements_reset()'),
		/** Whoever they run as: a SECURITY DEFINER function's statements count as its owner's. */
		read: async () => {
			const { rows } = await admin.query(
				`select query, toplevel as top, calls::int as calls, total_plan_time + total_exec_time as ms, total_plan_time as plan_ms ${own}
				and s.userid <> (select oid from pg_roles where rolname = current_user) order by ms desc`,
			);
			return rows;
		},
	};
}
