import pg from 'pg';
import { INPUT } from './ours.mjs';

export const PICK = `select id from plain_task where status = 0 order by rank desc limit $1 for update skip locked`;
const TAKE = `update plain_task set status = 1, started_at = now() where id = any (array(${PICK})) returning id, kind, payload`;

/**
 * The fastest claim we know how to write by hand: one table, one static key that orders like priority*10 + age in minutes,
 * one partial index, one statement. No fair share, no starvation boost, no lease, no log.
 */
export async function openPlain(database, { depth, clients = 8 }) {
	const { admin } = database;
	await admin.query(`create table plain_task (
		id bigint generated always as identity primary key,
		kind smallint not null,
		priority smallint not null,
		status smallint not null default 0,
		enqueued_at timestamptz not null default now(),
		started_at timestamptz,
		finished_at timestamptz,
		payload jsonb not null,
		rank bigint generated always as (priority * 600000000::bigint
			- (extract(epoch from (enqueued_at - timestamptz '1970-01-01 00:00:00+00')) * 1000000)::bigint) stored
	)`);
	await admin.query('create index on plain_task (rank desc) where status = 0');
	const topUp = async (rows) =>
		admin.query(
			`insert into plain_task (kind, priority, payload, enqueued_at)
			select n % 4, 1 + floor(random() * 10)::int, $2::jsonb, now() - make_interval(secs => random() * 7200)
			from generate_series(1, $1::int) n`,
			[rows, JSON.stringify(INPUT)],
		);
	await topUp(depth);
	const pool = new pg.Pool({ connectionString: database.adminUrl, max: clients });
	pool.on('error', () => undefined);
	return {
		topUp,
		restore: async () => {
			const { rows } = await admin.query('select count(*)::int as n from plain_task where status = 0');
			if (rows[0].n < depth) await topUp(depth - rows[0].n);
		},
		claim: async (tasks) => idsOf(await pool.query(TAKE, [tasks])),
		/** Parsed and planned once a connection: a transaction pooler forbids it to the product (S15). */
		claimNamed: async (tasks) => idsOf(await pool.query({ name: 'take', text: TAKE, values: [tasks] })),
		settle: async (ids) =>
			pool.query('update plain_task set status = 2, finished_at = now() where id = any ($1) and status = 1', [
				ids,
			]),
		close: async () => pool.end(),
	};
}

const idsOf = ({ rows }) => rows.map(({ id }) => id);
