import pg from 'pg';
import { startHost } from '../dist/host/stage.js';
import { parseWorkflow } from '../dist/host/workflow-file.js';
import { credentialInputs } from '../dist/host/credentials.js';
import { median } from './measure.mjs';

const NODES = 30;
const ROUNDS = 40;
const WARM_UPS = 3;
const POSTGRES = 'orchestratorPostgres';

/** The chains under test, by name: one kind of node, `NODES` times, behind a webhook. */
const CHAINS = {
	bare: () => [],
	noOp: () => chainOf(() => ({ type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} })),
	set: () =>
		chainOf(() => ({
			type: 'n8n-nodes-base.set',
			typeVersion: 3.4,
			parameters: {
				includeOtherFields: true,
				assignments: {
					assignments: [{ id: 'a', name: 'n', type: 'number', value: '={{ ($json.n ?? 0) + 1 }}' }],
				},
			},
		})),
	query: ({ postgres }) =>
		chainOf(() => ({
			type: 'n8n-nodes-base.postgres',
			typeVersion: 2.6,
			parameters: { operation: 'executeQuery', query: 'select 1 as n', options: {} },
			credentials: { postgres },
		})),
	acquire: ({ [POSTGRES]: own }) =>
		chainOf((n) => ({
			type: 'n8n-nodes-master-orchestrator.workflowMutex',
			typeVersion: 1,
			parameters: { operation: 'acquire', lock: `bench ${n}`, onBusy: 'skip' },
			credentials: { [POSTGRES]: own },
		})),
};

/**
 * What a node costs in a real n8n: the time of a call to a chain of it, less that of the bare webhook. `noOp` does nothing
 * at all, `set` is n8n's Edit Fields with one expression, `query` its Postgres node with “select 1” on the same database.
 */
export async function benchNode({ packageRoot, dir }) {
	const host = await startHost({ packageRoot, dir, workflows: null, n8n: { port: 0 } });
	try {
		const credentials = await makeCredentials(host);
		for (const [name, nodes] of Object.entries(CHAINS)) await publish(host, name, nodes(credentials));
		for (let n = 0; n < WARM_UPS; n++) await oneRound(host);
		const rounds = [];
		for (let n = 0; n < ROUNDS; n++) rounds.push(await oneRound(host));
		report((name) => median(rounds.map((round) => round[name])), await commitMs(host.database));
	} finally {
		await host.stop();
	}
}

/** Milliseconds of one call to each chain. */
async function oneRound(host) {
	const ms = {};
	for (const name in CHAINS) ms[name] = await call(host, name);
	return ms;
}

/** One committed change of one row over an open connection: no lock in Postgres costs less. */
async function commitMs({ connectionString }) {
	const client = new pg.Client({ connectionString });
	await client.connect();
	await client.query('create table if not exists bench_floor as select 0 as n');
	const times = [];
	for (let n = 0; n < 500; n++) {
		const startedAt = performance.now();
		await client.query('update bench_floor set n = n + 1');
		times.push(performance.now() - startedAt);
	}
	await client.end();
	return median(times);
}

function report(msOf, floor) {
	const bare = msOf('bare');
	const perNode = (name) => (msOf(name) - bare) / NODES;
	const [noOp, set, query, acquire] = ['noOp', 'set', 'query', 'acquire'].map(perNode);
	const ratio = (own, of) => (own / of).toFixed(2);
	console.log(
		`node, ms each in a chain of ${NODES}: No Operation ${noOp.toFixed(2)}, Edit Fields ${set.toFixed(2)}, n8n’s Postgres node ${query.toFixed(2)}, Acquire and its release ${acquire.toFixed(2)}; a whole call of a webhook ${bare.toFixed(1)}`,
	);
	const own = acquire - noOp;
	console.log(
		`node, Acquire’s own part: ${ratio(own, noOp)} of a No Operation (want under 0.10), ${ratio(own, query - noOp)} of that of a “select 1”, ${ratio(own, bare)} of a webhook call; one bare committed update ${floor.toFixed(2)} ms = ${ratio(floor, noOp)} of a No Operation`,
	);
}

const chainOf = (node) => Array.from({ length: NODES }, (_, n) => ({ ...node(n), name: `Node ${n}` }));

/** Ours and n8n's own for the same database, as a node names them. */
async function makeCredentials({ client, database, signingSecret }) {
	const models = { openai: {}, gemini: {} };
	const ours = credentialInputs(database, signingSecret, models).find(({ type }) => type === POSTGRES);
	const { host, port, user, password } = database;
	const data = { host, port, user, password, database: database.database, ssl: 'disable', sshTunnel: false };
	const references = {};
	for (const input of [ours, { name: 'Postgres account', type: 'postgres', data }]) {
		references[input.type] = { id: (await client.ensureCredential(input)).id, name: input.name };
	}
	return references;
}

async function publish(host, name, nodes) {
	const webhook = {
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 2,
		webhookId: `bench-${name}`,
		parameters: { path: `bench-${name}`, httpMethod: 'POST', responseMode: 'lastNode' },
	};
	const all = [webhook, ...nodes].map((node, n) => ({ id: `${name}-${n}`, position: [n * 200, 0], ...node }));
	const edges = all
		.slice(1)
		.map((node, n) => [all[n].name, { main: [[{ node: node.name, type: 'main', index: 0 }]] }]);
	const workflow = parseWorkflow({
		name: `Bench ${name}`,
		nodes: all,
		connections: Object.fromEntries(edges),
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' },
	});
	const bind = (type, credential) =>
		all.find(({ credentials }) => credentials?.[type]?.name === credential)?.credentials[type].id ?? null;
	const { id } = await host.client.ensureWorkflow(workflow, { credentials: bind });
	await host.client.activate(id);
	while ((await post(host, name)).status === 404) await new Promise((resolve) => setTimeout(resolve, 200));
}

async function call(host, name) {
	const startedAt = performance.now();
	const answer = await post(host, name);
	const ms = performance.now() - startedAt;
	if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
	await answer.text();
	return ms;
}

const post = (host, name) => fetch(`${host.n8nUrl}/webhook/bench-${name}`, { method: 'POST' });
