import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createOrchestrator } from '../dist/core/index.js';
import { median, pairsPerSecond } from './measure.mjs';

const CLIENTS = 8;
const ROUNDS = 7;
const MS = 1000;

/**
 * Acquire + release pairs a second, each client with a key of its own, against a plain lock row with a time to live: no
 * queue, no token, no history. `ours` goes through the package's door with a process's two connections, which all its
 * executions share; `apart` has a door and a connection per client, as eight workers with one execution each; the plain
 * row has a connection per client. No named statements, because a transaction pooler may sit between, but in `named`,
 * the plain row on a direct connection. Our release does not wait for its flush (see mutex-traffic.ts).
 */
export async function benchMutex(connectionString) {
	const open = (poolMax) =>
		createOrchestrator({ connection: { connectionString }, poolMax, poolLingerMs: 0 });
	const door = open(2);
	await door.schema.migrate();
	const clients = Array.from({ length: CLIENTS }, () => openPool(connectionString));
	// Pools are shared per connection and size: a size of its own makes a pool of its own.
	const doors = clients.map((_, client) => open(3 + client));
	await clients[0].query(
		`create table plain_lock (name text primary key, owner uuid not null, expires_at timestamptz not null) with (fillfactor = 70)`,
	);
	const pairs = {
		plain: (client) => plainPair(clients[client], client, false),
		ours: (client) => ourPair(door, client),
		apart: (client) => ourPair(doors[client], client),
		named: (client) => plainPair(clients[client], client, true),
	};
	const rates = Object.fromEntries(Object.keys(pairs).map((who) => [who, []]));
	try {
		await oneRound(pairs); // warm-up
		for (let round = 0; round < ROUNDS; round++) {
			const seen = await oneRound(pairs);
			for (const who in rates) rates[who].push(seen[who]);
		}
	} finally {
		await Promise.all([
			...clients.map((pool) => pool.end()),
			...[door, ...doors].map((each) => each.close()),
		]);
	}
	report(Object.fromEntries(Object.entries(rates).map(([who, all]) => [who, median(all)])));
}

function report({ plain, ours, apart, named }) {
	const ratio = (a, b) => (a / b).toFixed(2);
	console.log(
		`mutex, pairs/s of ${CLIENTS} clients: ours ${ours.toFixed(0)}, plain lock row ${plain.toFixed(0)}: ratio ${ratio(ours, plain)}, want at least 1`,
	);
	console.log(
		`mutex, beside it: ours in ${CLIENTS} processes ${apart.toFixed(0)}, ratio ${ratio(apart, plain)}; plain row with named statements ${named.toFixed(0)}, ours to it ${ratio(ours, named)}`,
	);
}

async function oneRound(pairs) {
	const seen = {};
	for (const [who, pair] of Object.entries(pairs)) seen[who] = await pairsPerSecond(CLIENTS, MS, pair);
	return seen;
}

async function ourPair({ mutexes }, client) {
	const owner = { instance: 'bench', executionId: String(client), era: '', session: randomUUID() };
	const lock = `own-${client}`;
	await mutexes.acquire({
		...owner,
		lock,
		workflowId: `w${client}`,
		workflowName: 'Bench',
		nodeName: 'Lock',
		callers: [],
		permits: 1,
		leaseMs: 60_000,
		onBusy: 'skip',
	});
	await mutexes.release(lock, owner, { all: true });
}

async function plainPair(client, index, named) {
	const owner = randomUUID();
	await client.query({
		...(named && { name: 'take' }),
		text: `insert into plain_lock (name, owner, expires_at) values ($1, $2, now() + interval '30 s')
			on conflict (name) do update set owner = excluded.owner, expires_at = excluded.expires_at
			where plain_lock.expires_at < now() returning owner`,
		values: [`own-${index}`, owner],
	});
	await client.query({
		...(named && { name: 'give' }),
		text: 'delete from plain_lock where name = $1 and owner = $2',
		values: [`own-${index}`, owner],
	});
}

function openPool(connectionString) {
	const pool = new pg.Pool({ connectionString, max: 1 });
	pool.on('error', () => undefined); // the server may stop before the last socket is closed
	return pool;
}
