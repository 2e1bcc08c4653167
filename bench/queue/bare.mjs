import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { BATCH, taskCount } from './ours.mjs';
import { openPlain } from './plain.mjs';

const SLOTS = 200;
const SCHEMA = `
	alter table plain_task add execution_id uuid, add epoch integer not null default 0, add result jsonb;
	create table bare_slot (slot_no integer primary key, execution_id uuid unique);
	insert into bare_slot (slot_no) select generate_series(1, ${SLOTS});
	create table bare_execution (
		id uuid primary key, slot_no integer not null, status text not null, epoch integer not null, lease_until timestamptz,
		finished_at timestamptz, task_ids bigint[] not null, created_at timestamptz not null default now()
	);
	create table bare_receipt (webhook_id text primary key, execution_id uuid not null, received_at timestamptz not null default now());
	create table bare_log (
		seq bigint generated always as identity, entity text not null, task_id bigint, execution_id uuid, from_state text,
		to_state text not null, epoch integer not null, at timestamptz not null, actor text not null, context jsonb not null, metadata jsonb not null
	);
	create index on bare_log (task_id, seq) where entity = 'task';
	create index on bare_log (execution_id, seq) where entity <> 'task';
`;

const logged = (from, to, actor) => `log as (
		insert into bare_log (entity, task_id, execution_id, from_state, to_state, epoch, at, actor, context, metadata)
		select entity, task_id, execution_id, from_state, to_state, 1, clock_timestamp(), '${actor}', '{}', '{"login": "bench_caller"}'
		from (
			select 'execution' as entity, null::bigint as task_id, id as execution_id, ${from.execution} as from_state, '${to.execution}' as to_state from e
			union all select 'task', id, execution_id, '${from.task}', '${to.task}' from t) changes
	)`;

const CLAIM = `with free as materialized (
		select slot_no, row_number() over () as n
		from (select slot_no from bare_slot where execution_id is null order by slot_no limit $1 for update skip locked) s
	), picked as materialized (
		select id, (row_number() over () - 1) / ${BATCH} + 1 as n
		from (select id from plain_task where status = 0 order by rank desc limit $1 * ${BATCH} for update skip locked) p
	), e as (
		insert into bare_execution (id, slot_no, status, epoch, lease_until, task_ids)
		select gen_random_uuid(), free.slot_no, 'claimed', 1, now() + interval '60 seconds', array_agg(picked.id)
		from free join picked using (n) group by free.slot_no
		returning id, slot_no, task_ids
	), s as (
		update bare_slot s set execution_id = e.id from e where s.slot_no = e.slot_no
	), t as (
		update plain_task t set status = 1, started_at = now(), execution_id = e.id, epoch = 1
		from e cross join lateral unnest(e.task_ids) u(id) where t.id = u.id
		returning t.id, t.execution_id, t.payload
	), ${logged({ execution: 'null::text', task: 'queued' }, { execution: 'claimed', task: 'claimed' }, 'claim')}
	select execution_id, jsonb_agg(jsonb_build_object('task_id', id, 'input', payload)) as items from t group by 1`;

const SETTLE = `with given as materialized (
		select (g ->> 'execution_id')::uuid as id, g ->> 'webhook_id' as webhook_id, g -> 'items' as items
		from jsonb_array_elements($1) g
	), e as (
		update bare_execution x set status = 'reported', lease_until = null, finished_at = now() from given
		where x.id = given.id and x.status = 'claimed' returning x.id, given.items
	), received as (
		insert into bare_receipt (webhook_id, execution_id) select webhook_id, id from given
	), s as (
		update bare_slot s set execution_id = null from e where s.execution_id = e.id
	), t as (
		update plain_task t set status = 2, finished_at = now(), result = i -> 'result'
		from e cross join lateral jsonb_array_elements(e.items) i
		where t.id = (i ->> 'task_id')::bigint and t.execution_id = e.id and t.status = 1
		returning t.id, t.execution_id
	), ${logged({ execution: `'claimed'`, task: 'claimed' }, { execution: 'reported', task: 'succeeded' }, 'settle')}
	select count(*)::integer as settled from t`;

/**
 * What no queue with our promises can go below: the plain queue that also writes every row which we write (slot, execution with
 * its lease, receipt, log of each change), one statement for all of a claim and one for all of a settlement. It checks
 * nothing: no types, shares, caps, deadlines, epochs, failures.
 */
export async function openBare(database, { depth, clients = 8 }) {
	const plain = await openPlain(database, { depth });
	await database.admin.query(SCHEMA);
	const pool = new pg.Pool({ connectionString: database.adminUrl, max: clients });
	pool.on('error', () => undefined);
	return {
		restore: plain.restore,
		...doorOf(pool, { who: 'the bare queue', claim: { text: CLAIM }, settle: { text: SETTLE } }),
		close: async () => {
			await pool.end();
			await plain.close();
		},
	};
}

/** Claim and settle by one statement each, as node-postgres takes them; `who` for the error when a settlement loses a task. */
export function doorOf(pool, { who, claim, settle }) {
	return {
		claim: async (tasks) => (await pool.query({ ...claim, values: [tasks / BATCH] })).rows,
		settle: async (executions) => {
			const reports = executions.map(({ execution_id, items }) => ({
				execution_id,
				webhook_id: randomUUID(),
				items: items.map(({ task_id }) => ({ task_id, result: { words: 600 } })),
			}));
			const { rows } = await pool.query({ ...settle, values: [JSON.stringify(reports)] });
			const sent = taskCount(executions);
			if (rows[0].settled !== sent) throw new Error(`${who} settled ${rows[0].settled} of ${sent} tasks`);
		},
	};
}
