import pg from 'pg';
import { doorOf } from './bare.mjs';
import { BATCH, openOurs, TYPE } from './ours.mjs';

/** The role that our functions act as: the tables' own guards (checks, row security, log of each change) hold for it. */
const AS_OWNER =
	'-c role=orchestrator_owner -c search_path=orchestrator,pg_temp -c enable_seqscan=off -c plan_cache_mode=force_generic_plan';

/** Slots, then up to ten tasks of each stream, those with the best heads first, until there are enough. */
const CLAIM = `with free as materialized (
		select slot_no, row_number() over () as n
		from (select slot_no from execution_slots where execution_id is null order by slot_no limit $1 for update skip locked) s
	), streams as materialized (
		select k.fair_key, p as priority
		from fair_keys k cross join generate_series(1, 10) p cross join lateral stream_head(k.fair_key, p, k.looks_from[p]) h
		where k.workflow_type = '${TYPE}' and k.paused_at is null
		order by score(p, h.eligible_at, now()) desc, h.eligible_at, h.id
	), picked as materialized (
		select id, fair_key, priority, (row_number() over () - 1) / ${BATCH} + 1 as n
		from (
			select t.id, s.fair_key, s.priority
			from streams s cross join lateral (
				select t.id from tasks t where t.state = 'queued' and t.fair_key = s.fair_key and t.priority = s.priority
				order by t.eligible_at, t.id limit ${BATCH} for update skip locked) t
			limit $1 * ${BATCH}) t
	), e as (
		insert into workflow_orchestration (id, kind, workflow_type, fair_key, priority, status, epoch, owner, slot_no, lease_until,
			deployment, endpoint_url, callback_url, limit_seconds, task_ids)
		select gen_random_uuid(), 'dispatch', '${TYPE}', x.fair_key, x.priority, 'claimed', 1, 'bench', slot_no,
			now() + interval '60 seconds', 'main', 'http://127.0.0.1/task', 'http://127.0.0.1/callback', 300, x.task_ids
		from (select n, min(fair_key) as fair_key, min(priority) as priority, array_agg(id) as task_ids from picked group by n) x
		join free using (n)
		returning *
	), s as (
		update execution_slots s set execution_id = e.id, workflow_type = e.workflow_type, fair_key = e.fair_key
		from e where s.slot_no = e.slot_no
	), t as (
		update tasks t set state = 'claimed', execution_id = e.id, epoch = 1, first_claimed_at = now(), last_claimed_at = now()
		from e where t.id = any (array(select id from picked)) and t.id = any (e.task_ids)
		returning t.id, t.execution_id, t.idempotency_key, t.attempts, t.input
	)
	select execution_id, jsonb_agg(jsonb_build_object('task_id', id::text, 'idempotency_key', idempotency_key, 'attempt', attempts + 1,
		'input', input)) as items from t group by 1`;

const SETTLE = `with given as materialized (
		select (g ->> 'execution_id')::uuid as id, g ->> 'webhook_id' as webhook_id, g -> 'items' as items
		from jsonb_array_elements($1) g
	), items as materialized (
		select given.id, (i ->> 'task_id')::bigint as task_id, i -> 'result' as result from given cross join lateral jsonb_array_elements(items) i
	), received as (
		insert into callback_receipts (webhook_id, execution_id, epoch, outcome) select webhook_id, id, 1, 'applied' from given
	), t as (
		update tasks t set state = 'succeeded', execution_id = null, result = items.result, error = null, finished_at = now()
		from items where t.id = any (array(select task_id from items)) and t.id = items.task_id and t.execution_id = items.id
		returning t.id
	), e as (
		update workflow_orchestration x set status = 'reported', lease_until = null, finished_at = now(), duration_ms = 1
		where x.id = any (array(select id from given))
	), s as (
		update execution_slots s set execution_id = null, workflow_type = null, fair_key = null
		where s.execution_id = any (array(select id from given))
	)
	select count(*)::integer as settled from t`;

/**
 * What is in reach of our tables as they are, with their checks, row security and log: one statement for all of a claim and
 * one for all of a settlement, prepared, without the library. No gate of a type, no share, cap, order within a batch, deadline,
 * epoch, duplicate, failure, successor, usage.
 */
export async function openBareStatements(database, { keys, depth, clients = 8 }) {
	const ours = await openOurs(database, { keys, depth });
	const pool = new pg.Pool({ connectionString: database.adminUrl, max: clients, options: AS_OWNER });
	pool.on('error', () => undefined);
	return {
		restore: ours.restore,
		settleDown: ours.settleDown,
		...doorOf(pool, {
			who: 'the bare statements',
			claim: { name: 'claim', text: CLAIM },
			settle: { name: 'settle', text: SETTLE },
		}),
		close: async () => {
			await pool.end();
			await ours.close();
		},
	};
}
