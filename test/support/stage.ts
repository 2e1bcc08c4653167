import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Orchestrator } from '../../core';
import { Child } from '../../host/child-process';
import { n8nEnvironment } from '../../host/n8n-environment';
import { freePort } from '../../host/ports';
import { ownerOf, rememberedSecrets } from '../../host/secrets';
import { type Host, startHost } from '../../host/stage';
import { parseWorkflow } from '../../host/workflow-file';
import { importWorkflows } from '../../host/workflow-set';

const ROOT = join(__dirname, '..', '..');

export interface StageOptions {
	/** Of the simulator's answers. */
	latencyMs?: { least: number; most: number };
	/** Length of the window in which the simulator's limits hold. Default: a minute. */
	llmWindowMs?: number;
	/** False: the simulator answers without a key, as a model server of the operator's own does. */
	llmKeyRequired?: boolean;
	/** Queue mode with one worker on this Redis. */
	redisPort?: number;
	/** False: a stranger's n8n, without package, workflows and schema. */
	withPackage?: boolean;
	/** False: n8n has the package, but none of our workflows. */
	withWorkflows?: boolean;
	/** Added to n8n's environment. */
	env?: Record<string, string>;
}

/** A whole host of its own: Postgres, simulator, n8n with our package and workflows, all in a temporary folder. */
export interface Stage {
	host: Host;
	orchestrator: Orchestrator;
	n8nUrl: string;
	signingSecret: string;
	/** n8n's own tables. */
	n8nDatabase: Client;
	/** A client on the orchestrator's tables; the caller ends it. */
	connect(): Promise<Client>;
	killN8n(): Promise<void>;
	startN8n(): Promise<void>;
	startWorker(): Promise<void>;
	stopWorker(): Promise<void>;
	/** Ends the worker at once, as a crash would. */
	killWorker(): Promise<void>;
	/** Imports and publishes one more workflow, or a new version of one with that name; its id. */
	publish(workflow: object): Promise<string>;
	/** Requests that the simulator received whose prompt names the topic. */
	llmRequests(topic: string): unknown[];
	stop(): Promise<void>;
}

export async function startStage(name: string, options: StageOptions = {}): Promise<Stage> {
	const dir = await mkdtemp(join(tmpdir(), `mo-${name}-`));
	const queue = queueEnvironment(options.redisPort);
	const host = await startHost({
		packageRoot: ROOT,
		dir,
		n8n: { port: 0, env: { N8N_EXPRESSION_ENGINE: 'legacy', ...queue, ...options.env } },
		simulator: {
			...(options.latencyMs ? { latencyMs: options.latencyMs } : {}),
			keyRequired: options.llmKeyRequired,
			windowMs: options.llmWindowMs,
		},
		withPackage: options.withPackage,
		workflows: options.withPackage === false || options.withWorkflows === false ? null : undefined,
		packageCache: join(ROOT, '.orchestrator', 'package-cache'),
	});
	const n8nDatabase = await open(host.database.connectionString, '-c search_path=n8n_host');
	const worker = new Worker(dir, host, { ...queue, ...options.env });
	if (options.redisPort) await worker.start();

	return {
		host,
		orchestrator: host.orchestrator,
		n8nUrl: host.n8nUrl,
		signingSecret: host.signingSecret,
		n8nDatabase,
		connect: () => open(host.database.connectionString),
		killN8n: async () => host.n8n?.kill('SIGKILL'),
		startN8n: async () => host.n8n?.start(),
		startWorker: () => worker.start(),
		stopWorker: () => worker.stop(),
		killWorker: () => worker.kill(),
		publish: (workflow) => publish(host, workflow),
		llmRequests: (topic) =>
			(host.simulator?.requests ?? []).filter((request) => JSON.stringify(request).includes(topic)),
		stop: async () => {
			await n8nDatabase.end().catch(() => {});
			await worker.stop();
			await host.stop();
			const leaks = await secretsInLogs(dir, host);
			await rm(dir, { recursive: true, force: true });
			if (leaks.length > 0) throw new Error(`A secret stands in a log, expected none: ${leaks.join('; ')}`);
		},
	};
}

/** Where n8n, its worker, Postgres or the simulator wrote down what only they may know. The secret itself is not told. */
async function secretsInLogs(dir: string, { database }: Host): Promise<string[]> {
	const { encryptionKey, signingSecret, ownerPassword } = await rememberedSecrets(join(dir, 'secrets.json'));
	const secrets = Object.entries({
		encryptionKey,
		signingSecret,
		ownerPassword,
		databasePassword: database.password,
	});
	const files = await readdir(join(dir, 'logs'));
	const logs = await Promise.all(
		files.map(async (name) => ({ name, text: await readFile(join(dir, 'logs', name), 'utf8') })),
	);
	return logs.flatMap(({ name, text }) =>
		secrets.flatMap(([what, secret]) => (text.includes(secret) ? [`${what} in ${name}`] : [])),
	);
}

async function publish(host: Host, workflow: object): Promise<string> {
	const ids = new Map(Object.entries(await credentialIds(host)));
	const [imported] = await importWorkflows(
		host.client,
		[{ key: 'extra', workflow: parseWorkflow(workflow) }],
		(_type, name) => ids.get(name) ?? null,
	);
	if (imported === undefined) throw new Error('n8n took no workflow');
	return imported.id;
}

async function credentialIds(host: Host): Promise<Record<string, string>> {
	const db = await open(host.database.connectionString, '-c search_path=n8n_host');
	try {
		const { rows } = await db.query<{ id: string; name: string }>('select id, name from credentials_entity');
		return Object.fromEntries(rows.map((row) => [row.name, row.id]));
	} finally {
		await db.end();
	}
}

async function open(connectionString: string, options?: string): Promise<Client> {
	const client = new Client({ connectionString, options });
	await client.connect();
	return client;
}

function queueEnvironment(redisPort: number | undefined): Record<string, string> {
	if (redisPort === undefined) return {};
	return {
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
	};
}

/** An n8n worker beside the main process: same database, key and user folder. */
class Worker {
	private child: Child | null = null;

	constructor(
		private readonly dir: string,
		private readonly host: Host,
		private readonly env: Record<string, string>,
	) {}

	async start(): Promise<void> {
		const secrets = await rememberedSecrets(join(this.dir, 'secrets.json'));
		const healthPort = await freePort();
		const entry = join(ROOT, 'host', 'node_modules', 'n8n', 'bin', 'n8n');
		this.child = await Child.start({
			file: process.execPath,
			args: [entry, 'worker', '--concurrency=5'],
			env: n8nEnvironment(
				{
					port: this.host.n8n?.port ?? 0,
					brokerPort: await freePort(),
					userFolder: join(this.dir, 'n8n'),
					database: this.host.database,
					databaseSchema: 'n8n_host',
					encryptionKey: secrets.encryptionKey,
					owner: ownerOf(secrets),
					timezone: 'UTC',
					extra: {
						...this.env,
						QUEUE_HEALTH_CHECK_ACTIVE: 'true',
						QUEUE_HEALTH_CHECK_PORT: String(healthPort),
						N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
					},
				},
				process.env,
			),
			cwd: this.dir,
			logFile: join(this.dir, 'logs', 'worker.log'),
			pidFile: join(this.dir, 'worker.pid'),
			orphaned: 'KILL',
		});
	}

	async stop(): Promise<void> {
		await this.child?.stop('SIGTERM', 12_000);
		this.child = null;
	}

	async kill(): Promise<void> {
		await this.child?.stop('SIGKILL', 0);
		this.child = null;
	}
}
