import { join } from 'node:path';
import { createOrchestrator, type Orchestrator } from '../core';
import { credentialInputs } from './credentials';
import { lockDir } from './dir-lock';
import { PHASE_2_ENDPOINTS, untilLive } from './liveness';
import { hasKey, modelAccess, registerModels, type ModelKeys } from './models';
import { startN8n, type N8n } from './n8n';
import { N8nClient } from './n8n-client';
import { N8nLedger } from './n8n-ledger';
import { STOP_SCOPES, createApiKey, type Login } from './n8n-session';
import { installPackage } from './package-install';
import { rememberedPort } from './ports';
import { givenPostgres, rememberedPassword, startEmbeddedPostgres, type DatabaseAddress } from './postgres';
import { silent, type Progress } from './progress';
import { openPassage } from './reachable';
import { ownerOf, rememberedSecrets, type HostSecrets } from './secrets';
import { startSimulator, type Simulator, type SimulatorOptions } from './simulator';
import { UndoStack } from './undo-stack';
import { readWorkflows } from './workflow-file';
import { workerLogin } from './worker-login';
import { importWorkflows, type ImportedWorkflow } from './workflow-set';

/** n8n's own tables; the orchestrator's schemas are `orchestrator` and `content`. */
const N8N_SCHEMA = 'n8n_host';
const LIVE_TIMEOUT_MS = 60_000;

export interface HostOptions {
	/** Root of the repository: dist/, workflows/, node_modules/ and host/node_modules/. */
	packageRoot: string;
	/** Keeps everything between starts. */
	dir: string;
	/** A Postgres of the operator's own; default: the embedded one. */
	databaseUrl?: string;
	/** Our own n8n (default, port 5678 unless given; 0 = any free one), or the operator's. */
	n8n?: { url: string; apiKey: string } | { port?: number; env?: Record<string, string> };
	/** Keys of real providers; without any the simulator speaks. */
	modelKeys?: ModelKeys;
	simulator?: SimulatorOptions;
	deployment?: string;
	timezone?: string;
	/** Folder of workflow files to import and publish; null = none. Default: workflows/phase-2. */
	workflows?: string | null;
	/** False: n8n boots without the package, as a stranger's does. */
	withPackage?: boolean;
	/** Shared by several hosts on one machine; default: inside `dir`. */
	packageCache?: string;
	nodeBinary?: string;
	progress?: Progress;
	/** Gives up the start and stops what already runs. */
	signal?: AbortSignal;
}

/** Everything that runs, and one way to stop it. */
export interface Host {
	database: DatabaseAddress;
	orchestrator: Orchestrator;
	/** Null: the operator's own. */
	n8n: N8n | null;
	n8nUrl: string;
	/** Of the editor; null for the operator's own n8n. */
	login: Login | null;
	client: N8nClient;
	/** Null: real providers. */
	simulator: Simulator | null;
	signingSecret: string;
	workflows: ImportedWorkflow[];
	logs: { n8n: string; postgres: string; simulator: string };
	/** Until the webhooks of the imported workflows answer, e.g. after a restart of n8n. */
	untilLive(): Promise<void>;
	/** Stops what we started, in reverse order; leaves no process behind. */
	stop(): Promise<void>;
}

/** Sets up and starts all parts; what exists is kept and what is unchanged is skipped. */
export async function startHost(options: HostOptions): Promise<Host> {
	const undo = new UndoStack();
	try {
		return await new Stage(options, undo).build();
	} catch (error) {
		await undo.unwind();
		throw error;
	}
}

class Stage {
	private readonly progress: Progress;
	private readonly logs: Host['logs'];

	constructor(
		private readonly options: HostOptions,
		private readonly undo: UndoStack,
	) {
		this.progress = options.progress ?? silent;
		this.logs = {
			n8n: this.path('logs', 'n8n.log'),
			postgres: this.path('logs', 'postgres.log'),
			simulator: this.path('logs', 'simulator.jsonl'),
		};
	}

	async build(): Promise<Host> {
		await openPassage(this.options.dir);
		this.undo.push(await lockDir(this.options.dir, this.path('host.lock')));
		const secrets = await rememberedSecrets(this.path('secrets.json'));
		const database = await this.startDatabase();
		const orchestrator = await this.migrate(database);
		const simulator = await this.startSimulator();
		const access = modelAccess(this.options.modelKeys ?? {}, simulator);
		await registerModels(orchestrator, access);
		const { n8n, n8nUrl, login, client, stopKey } = await this.startEditor(database, secrets);
		const deployment = this.options.deployment ?? 'main';
		const live = () => this.untilLive(orchestrator, deployment);
		const nodesLogin = await this.loginOfNodes(database);
		const n8nApi = stopKey === null ? null : { baseUrl: n8nUrl, apiKey: stopKey };
		const inputs = credentialInputs(nodesLogin, secrets.signingSecret, access, n8nApi);
		const workflows = await this.importAll(client, inputs, live);
		return {
			database,
			orchestrator,
			n8n,
			n8nUrl,
			login,
			client,
			simulator,
			signingSecret: secrets.signingSecret,
			workflows,
			logs: this.logs,
			untilLive: live,
			stop: () => this.undo.unwind(),
		};
	}

	private async startDatabase(): Promise<DatabaseAddress> {
		const { databaseUrl, packageRoot } = this.options;
		if (databaseUrl !== undefined) return givenPostgres(databaseUrl).address;
		const handle = await this.step('starting Postgres', () =>
			startEmbeddedPostgres({ packageRoot, dir: this.path('postgres'), logFile: this.logs.postgres }),
		);
		this.undo.push(() => handle.stop());
		return handle.address;
	}

	/** On our own server n8n's nodes may call functions only; on the operator's, no login is made. */
	private async loginOfNodes(owner: DatabaseAddress): Promise<DatabaseAddress> {
		if (this.options.databaseUrl !== undefined) return owner;
		return workerLogin(owner, await rememberedPassword(this.path('postgres', 'worker-password')));
	}

	private async migrate({ connectionString }: DatabaseAddress): Promise<Orchestrator> {
		const orchestrator = createOrchestrator({ connection: { connectionString }, poolLingerMs: 0 });
		this.undo.push(() => orchestrator.close());
		await this.step('migrating the orchestrator’s tables', () => orchestrator.schema.migrate());
		return orchestrator;
	}

	private async startSimulator(): Promise<Simulator | null> {
		if (hasKey(this.options.modelKeys ?? {})) return null;
		const port = this.options.simulator?.port ?? (await rememberedPort(this.path('simulator.port')));
		const simulator = await this.step('starting the language model simulator', () =>
			startSimulator({ logFile: this.logs.simulator, ...this.options.simulator, port }),
		);
		this.undo.push(() => simulator.stop());
		return simulator;
	}

	private async startEditor(database: DatabaseAddress, secrets: HostSecrets) {
		const own = this.options.n8n ?? {};
		if ('url' in own) return this.joinOperators(own);
		const n8n = await this.bootOwn(own, database, secrets);
		const login = { email: secrets.ownerEmail, password: secrets.ownerPassword };
		const keys = await this.step('signing in to n8n', () => this.keysOf(n8n.baseUrl, login));
		if (this.options.withPackage !== false) await keys.client.requirePackage();
		return { n8n, n8nUrl: n8n.baseUrl, login, ...keys };
	}

	private async joinOperators({ url, apiKey }: { url: string; apiKey: string }) {
		const baseUrl = url.replace(/\/+$/, '');
		const ledger = await N8nLedger.open(this.path(`n8n-${new URL(baseUrl).host.replace(':', '-')}.json`));
		const client = new N8nClient(baseUrl, apiKey, ledger);
		await this.step(`looking at n8n at ${baseUrl}`, () => client.requirePackage());
		return { n8n: null, n8nUrl: baseUrl, login: null, client, stopKey: null };
	}

	private async bootOwn(
		own: { port?: number; env?: Record<string, string> },
		database: DatabaseAddress,
		secrets: HostSecrets,
	): Promise<N8n> {
		const { packageRoot, signal, timezone = 'UTC' } = this.options;
		const userFolder = this.path('n8n');
		if (this.options.withPackage !== false) {
			const cacheDir = this.options.packageCache ?? this.path('package-cache');
			await this.step('installing the package into n8n', () =>
				installPackage({ packageRoot, userFolder, cacheDir, signal }),
			);
		}
		const port = own.port === 0 ? await rememberedPort(this.path('n8n.port')) : (own.port ?? 5678);
		return this.step('starting n8n', () =>
			startN8n({
				packageRoot,
				userFolder,
				port,
				database,
				databaseSchema: N8N_SCHEMA,
				encryptionKey: secrets.encryptionKey,
				owner: ownerOf(secrets),
				timezone,
				logFile: this.logs.n8n,
				nodeBinary: this.options.nodeBinary ?? process.execPath,
				extra: own.env,
				signal,
				onSpawn: (n8n) => this.undo.push(() => n8n.stop()),
			}),
		);
	}

	/** A client with the host's own key, and a key for the node Stop Zombies; made once, then remembered. */
	private async keysOf(
		baseUrl: string,
		login: Login,
	): Promise<{ client: N8nClient; stopKey: string | null }> {
		const ledger = await N8nLedger.open(this.path('n8n.json'));
		if (ledger.apiKey !== null && ledger.stopKey !== null) {
			const client = new N8nClient(baseUrl, ledger.apiKey, ledger);
			if (await client.isAuthorised()) return { client, stopKey: ledger.stopKey };
		}
		const apiKey = await createApiKey(baseUrl, login);
		const stopKey = await createApiKey(baseUrl, login, STOP_SCOPES, 'orchestrator-stop');
		await ledger.rememberKeys({ apiKey, stopKey });
		return { client: new N8nClient(baseUrl, apiKey, ledger), stopKey };
	}

	private async importAll(
		client: N8nClient,
		inputs: ReturnType<typeof credentialInputs>,
		live: () => Promise<void>,
	): Promise<ImportedWorkflow[]> {
		const folder = this.options.workflows;
		if (folder === null) return [];
		const files = await readWorkflows(folder ?? join(this.options.packageRoot, 'workflows', 'phase-2'));
		const workflows = await this.step('importing credentials and workflows', async () => {
			const ids = new Map<string, string>();
			for (const input of inputs)
				ids.set(`${input.type}/${input.name}`, (await client.ensureCredential(input)).id);
			return importWorkflows(client, files, (type, name) => ids.get(`${type}/${name}`) ?? null);
		});
		await this.step('waiting for the workflows’ webhooks', live);
		return workflows;
	}

	private untilLive(orchestrator: Orchestrator, deployment: string): Promise<void> {
		const { signal } = this.options;
		return untilLive(orchestrator, {
			deployment,
			endpoints: PHASE_2_ENDPOINTS,
			timeoutMs: LIVE_TIMEOUT_MS,
			signal,
		});
	}

	private step<T>(what: string, work: () => Promise<T>): Promise<T> {
		this.options.signal?.throwIfAborted();
		return this.progress.during(what, work);
	}

	private path(...parts: string[]): string {
		return join(this.options.dir, ...parts);
	}
}
