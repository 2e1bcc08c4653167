import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createOrchestrator } from '../dist/core/index.js';
import { median, pairsPerSecond } from './measure.mjs';

const CLIENTS = 8;
const ROUNDS = 7;
const MS = 1000;

/**
 * Acquire + release pairs a second of clients with a connection and a key of their own, ours through the package's door,
 * against a plain lock row with a time to live: no queue, no token, no history. Both without named statements, because
 * a transaction pooler may sit between; `named` is the plain row with them, for a direct connection. Our release does
 * not wait for its flush (see MutexStore.release), the plain one does.
 */
export async function benchMutex(connectionString) {
	const clients = Array.from({ length: CLIENTS }, () => openPool(connectionString));
	// Pools are shared per connection and size: a size of its own makes a pool of its own.
	const doors = clients.map((_, client) =>
		createOrchestrator({ connection: { connectionString }, poolMax: 1 + client, poolLingerMs: 0 }),
	);
	await doors[0].schema.migrate();
	await clients[0].query(
		`create table plain_lock (name text primary key, owner uuid not null, expires_at timestamptz not null) with (fillfactor = 70)`,
	);
	const pairs = {
		plain: (client) => plainPair(clients[client], client, false),
		ours: (client) => ourPair(doors[client], client),
		named: (client) => plainPair(clients[client], client, true),
	};
	const rates = { plain: [], ours: [], named: [] };
	try {
		await oneRound(pairs); // warm-up
		for (let round = 0; round < ROUNDS; round++) {
			const seen = await oneRound(pairs);
			for (const who in rates) rates[who].push(seen[who]);
		}
	} finally {
		await Promise.all([...clients.map((pool) => pool.end()), ...doors.map((door) => door.close())]);
	}
	const [plain, ours, named] = [rates.plain, rates.ours, rates.named].map(median);
	console.log(
		`mutex, pairs/s of ${CLIENTS} clients: ours ${ours.toFixed(0)}, plain lock row ${plain.toFixed(0)}: ratio ${(ours / plain).toFixed(2)}, want at least 1 (plain row with named statements ${named.toFixed(0)}: ratio ${(ours / named).toFixed(2)})`,
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
