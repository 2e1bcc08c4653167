import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createOrchestrator } from '../dist/core/index.js';
import { median, pairsPerSecond } from './measure.mjs';

const CLIENTS = 8;
const ROUNDS = 5;
const MS = 1500;

/**
 * Acquire + release pairs a second, each client with its own key and connection, prepared statements on both sides,
 * against a plain lock row with a time to live: no queue, no token, no history.
 */
export async function benchMutex(connectionString) {
	const orchestrator = createOrchestrator({ connection: { connectionString }, poolLingerMs: 0 });
	await orchestrator.schema.migrate();
	await orchestrator.close();
	const clients = await Promise.all(Array.from({ length: CLIENTS }, () => open(connectionString)));
	await clients[0].query(
		`create table plain_lock (name text primary key, owner uuid not null, expires_at timestamptz not null) with (fillfactor = 70)`,
	);
	try {
		const rates = { ours: [], plain: [] };
		for (let round = 0; round <= ROUNDS; round++) {
			const ours = await pairsPerSecond(CLIENTS, MS, (client) => ourPair(clients[client], client));
			const plain = await pairsPerSecond(CLIENTS, MS, (client) => plainPair(clients[client], client));
			if (round === 0) continue; // warm-up
			rates.ours.push(ours);
			rates.plain.push(plain);
		}
		const [ours, plain] = [median(rates.ours), median(rates.plain)];
		console.log(
			`mutex, ${CLIENTS} clients: ${ours.toFixed(0)} pairs/s, plain lock row ${plain.toFixed(0)}, ratio ${(ours / plain).toFixed(2)} (want at least 1)`,
		);
	} finally {
		await Promise.all(clients.map((client) => client.end()));
	}
}

async function ourPair(client, index) {
	const owner = { instance: 'bench', executionId: String(index), era: '', session: randomUUID() };
	const request = {
		...owner,
		mode: 'acquire',
		lock: `own-${index}`,
		workflowId: `w${index}`,
		workflowName: 'Bench',
		nodeName: 'Lock',
		callers: [],
		permits: 1,
		leaseMs: 60_000,
		onBusy: 'skip',
		waiterMs: 5000,
	};
	await client.query({
		name: 'acquire',
		text: 'select orchestrator.mutex_acquire($1)',
		values: [JSON.stringify(request)],
	});
	await client.query({
		name: 'release',
		text: 'select orchestrator.mutex_release($1, $2, true)',
		values: [request.lock, JSON.stringify(owner)],
	});
}

async function plainPair(client, index) {
	const owner = randomUUID();
	await client.query({
		name: 'take',
		text: `insert into plain_lock (name, owner, expires_at) values ($1, $2, now() + interval '30 s')
			on conflict (name) do update set owner = excluded.owner, expires_at = excluded.expires_at
			where plain_lock.expires_at < now() returning owner`,
		values: [`own-${index}`, owner],
	});
	await client.query({
		name: 'give',
		text: 'delete from plain_lock where name = $1 and owner = $2',
		values: [`own-${index}`, owner],
	});
}

async function open(connectionString) {
	const client = new pg.Client({ connectionString });
	await client.connect();
	return client;
}
