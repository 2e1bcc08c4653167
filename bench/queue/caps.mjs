import pg from 'pg';
import { median } from '../measure.mjs';
import { BATCH, KEYS, openOurs, taskCount } from './ours.mjs';
import { openPlain, PICK } from './plain.mjs';
import { whole } from './report.mjs';
import { ratePerSecond, ratioOf, takeTurns } from './rounds.mjs';

const SECTION = 'caps';
const CLIENTS = 8;
const CAP = 200;

/**
 * What a strict cap costs (S8), 8 clients, batch 10: the plain claim without any, with slot rows as the product has them, and
 * with one counter row that every claim and every end changes. The product cannot run without its slots; it is measured as it
 * is, and with a counter row beside its slots.
 */
export async function measureCaps(cluster, report, { depth, rounds, ms, progress }) {
	const databases = {};
	for (const name of ['plain', 'ours', 'counted']) databases[name] = await cluster.open(`caps_${name}`);
	progress(`${SECTION}: filling the queues of ${whole(depth)}`);
	const plain = await openPlain(databases.plain, { depth });
	const pool = new pg.Pool({ connectionString: databases.plain.adminUrl, max: CLIENTS });
	pool.on('error', () => undefined);
	const ours = await openOurs(databases.ours, { keys: KEYS, depth });
	const counted = await openOurs(databases.counted, { keys: KEYS, depth });
	for (const party of [ours, counted]) await party.settleDown();
	await databases.plain.admin.query('vacuum analyze plain_task');
	await databases.plain.admin.query(PLAIN_CAPS);
	await databases.counted.admin.query(COUNTER_BESIDE_SLOTS);
	try {
		const turns = {
			...Object.fromEntries(
				['none', 'slots', 'counter'].map((cap) => [cap, plainTurn(plain, pool, cap, ms)]),
			),
			ours: ourTurn(ours, ms),
			counted: ourTurn(counted, ms),
		};
		const onRound = (round) => progress(`${SECTION}, round ${round} of ${rounds}`);
		reportCaps(report, await takeTurns(turns, { rounds, onRound }));
	} finally {
		await pool.end();
		for (const party of [plain, ours, counted]) await party.close();
		for (const database of Object.values(databases)) await database.drop();
	}
}

function reportCaps(report, seen) {
	const beside = (who, base) => `${whole(median(seen[who]))} tasks/s beside ${whole(median(seen[base]))}`;
	const note = (what, who, base) =>
		report.note(SECTION, what, ratioOf(seen[who], seen[base]), beside(who, base));
	note('plain claim with slot rows, to without a cap', 'slots', 'none');
	note('plain claim with one counter row, to without a cap', 'counter', 'none');
	note('ours with one counter row more, to ours with its slot rows', 'counted', 'ours');
}

function plainTurn(plain, pool, cap, ms) {
	return async () => {
		await plain.restore();
		return ratePerSecond(CLIENTS, ms, async () => {
			const { rows } = await pool.query('select id, slot from plain_claim($1, $2)', [BATCH, cap]);
			await pool.query('select plain_end($1, $2, $3)', [rows.map(({ id }) => id), cap, rows[0]?.slot]);
			return rows.length;
		});
	};
}

function ourTurn(ours, ms) {
	return async () => {
		await ours.restore();
		return ratePerSecond(CLIENTS, ms, async () => {
			const executions = await ours.claim(BATCH);
			await ours.settle(executions);
			return taskCount(executions);
		});
	};
}

const PLAIN_CAPS = `
create table plain_slot (slot integer primary key, taken boolean not null default false);
insert into plain_slot (slot) select n from generate_series(1, ${CAP}) n;
create table plain_counter (used integer not null);
insert into plain_counter values (0);
create function plain_claim(p_tasks integer, p_cap text) returns table (id bigint, slot integer)
language plpgsql as $$
#variable_conflict use_column
declare
	v_slot integer;
begin
	if p_cap = 'slots' then
		select s.slot into v_slot from plain_slot s where not s.taken order by s.slot limit 1 for update skip locked;
		if not found then return; end if;
		update plain_slot set taken = true where slot = v_slot;
	elsif p_cap = 'counter' then
		update plain_counter set used = used + 1 where used < ${CAP};
		if not found then return; end if;
	end if;
	return query update plain_task t set status = 1, started_at = now()
		where t.id = any (array(${PICK.replace('$1', 'p_tasks')})) returning t.id, v_slot;
end $$;
create function plain_end(p_ids bigint[], p_cap text, p_slot integer) returns void
language plpgsql as $$
begin
	update plain_task set status = 2, finished_at = now() where id = any (p_ids) and status = 1;
	if p_cap = 'slots' then update plain_slot set taken = false where slot = p_slot;
	elsif p_cap = 'counter' then update plain_counter set used = used - 1;
	end if;
end $$;`;

/** Each change of a slot changes one shared row as well, and keeps it locked until the commit. */
const COUNTER_BESIDE_SLOTS = `
create table orchestrator.bench_counter (changes bigint not null);
insert into orchestrator.bench_counter values (0);
create function orchestrator.bench_count() returns trigger
language plpgsql security definer set search_path = orchestrator, pg_temp as $$
begin
	update bench_counter set changes = changes + 1;
	return null;
end $$;
create trigger bench_count after update on orchestrator.execution_slots
	for each statement execute function orchestrator.bench_count();`;
