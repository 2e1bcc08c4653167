import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, endStray, lastLines } from './child-process';
import { HostError } from './host-error';
import { n8nEnvironment, type N8nSettings } from './n8n-environment';
import { freePort, isFree } from './ports';

export interface N8nOptions extends Omit<N8nSettings, 'brokerPort'> {
	/** Root of the repository; n8n comes from its `host/node_modules`. */
	packageRoot: string;
	logFile: string;
	/** Runs n8n; Node 24 or newer. */
	nodeBinary: string;
	/** Gives up the wait for a ready answer. */
	signal?: AbortSignal;
	/** Called before the first start, so that a start that hangs can be stopped too. */
	onSpawn?: (n8n: N8n) => void;
}

/** A real n8n, its process group included. */
export interface N8n {
	readonly baseUrl: string;
	readonly port: number;
	readonly running: boolean;
	/** From spawn to a ready answer, of the last start. */
	readonly bootMs: number;
	/** Boots the same installation again after `kill` or `stop`. */
	start(): Promise<void>;
	/** Ends the whole group at once, as a crash would; returns when it is gone. */
	kill(signal: 'SIGKILL'): Promise<void>;
	/** Lets running executions end for up to 10 s, then SIGKILL. */
	stop(): Promise<void>;
}

const BOOT_TIMEOUT_MS = 180_000;
/** Longer than N8N_GRACEFUL_SHUTDOWN_TIMEOUT (10 s). */
const STOP_GRACE_MS = 15_000;
/** Ready before all published workflows are active: wait for an endpoint, not for this alone. */
const READY_PATH = '/healthz/readiness';

export async function startN8n(options: N8nOptions): Promise<N8n> {
	const host = new HostedN8n(options);
	options.onSpawn?.(host);
	await host.start();
	return host;
}

class HostedN8n implements N8n {
	readonly baseUrl: string;
	bootMs = 0;
	private child: Child | null = null;

	constructor(private readonly options: N8nOptions) {
		this.baseUrl = `http://127.0.0.1:${options.port}`;
	}

	get port(): number {
		return this.options.port;
	}

	get running(): boolean {
		return this.child?.running ?? false;
	}

	async start(): Promise<void> {
		if (this.running) throw new Error('n8n runs already: stop or kill it before a new start.');
		const { packageRoot, userFolder, nodeBinary, logFile, port } = this.options;
		const entry = join(packageRoot, 'host', 'node_modules', 'n8n', 'bin', 'n8n');
		const pidFile = join(userFolder, 'n8n.pid');
		await mkdir(userFolder, { recursive: true, mode: 0o700 });
		await endStray(pidFile, entry, 'SIGKILL', 0);
		if (!(await isFree(port))) throw portTaken(port);
		const startedAtMs = performance.now();
		this.child = await Child.start({
			file: nodeBinary,
			args: [entry, 'start'],
			env: n8nEnvironment({ ...this.options, brokerPort: await freePort() }, process.env),
			cwd: userFolder,
			logFile,
			pidFile,
			orphaned: 'KILL',
		});
		try {
			await this.untilReady();
		} catch (error) {
			await this.child.stop('SIGKILL', 0);
			throw error;
		}
		this.bootMs = Math.round(performance.now() - startedAtMs);
	}

	async kill(signal: 'SIGKILL'): Promise<void> {
		await this.child?.stop(signal, 0);
	}

	async stop(): Promise<void> {
		await this.child?.stop('SIGTERM', STOP_GRACE_MS);
	}

	private async untilReady(): Promise<void> {
		const deadline = performance.now() + BOOT_TIMEOUT_MS;
		while (!(await isReady(this.baseUrl))) {
			this.options.signal?.throwIfAborted();
			if (!this.running || performance.now() > deadline) {
				throw new HostError(
					this.running ? 'n8n was not ready within 180 s.' : 'n8n ended while it was starting.',
					`Read ${this.options.logFile}.`,
					{ log: await lastLines(this.options.logFile) },
				);
			}
			await sleep(100);
		}
	}
}

async function isReady(baseUrl: string): Promise<boolean> {
	try {
		const response = await fetch(`${baseUrl}${READY_PATH}`, { signal: AbortSignal.timeout(2000) });
		await response.arrayBuffer();
		return response.ok;
	} catch {
		return false;
	}
}

const portTaken = (port: number) =>
	new HostError(
		`Port ${port} is in use by another program, so n8n cannot listen on it.`,
		`Stop that program, or choose another port: N8N_PORT=${port + 1} npm start`,
	);
