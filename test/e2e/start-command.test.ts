import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createApiKey } from '../../host/n8n-session';
import { freePort } from '../../host/ports';
import { freshDatabase } from '../support/postgres';
import { startStage } from '../support/stage';
import { until } from '../support/verdict';

const ROOT = join(__dirname, '..', '..');
const TOPICS = 36;
/** Two seconds are promised; the rest is this machine's scheduling. */
const LONGEST_SILENCE_MS = 3000;

let dir: string;
let port: number;

beforeAll(async () => {
	dir = await mkdtemp(join(tmpdir(), 'mo-start-'));
	port = await freePort();
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe('npm start', () => {
	test('--once takes every topic to its end, says at least every two seconds what it does, prints the table and exits 0', async () => {
		const run = start(['--once']);
		expect(await run.ended).toBe(0);
		const table = run
			.text()
			.split('\n')
			.filter((line) => /^\s*\d+ {2}.+ {2}content_pipeline {2}/.test(line));
		expect(table).toHaveLength(TOPICS);
		expect(table.every((line) => line.includes('succeeded'))).toBe(true);
		console.log(`longest silence ${run.longestSilenceMs()} ms`);
		expect(run.longestSilenceMs()).toBeLessThan(LONGEST_SILENCE_MS);
		expect(await processesOf(dir)).toEqual([]);
	}, 300_000);

	test('a second start skips what is set up, stays up, and Ctrl-C leaves nothing behind', async () => {
		const run = start([]);
		await until('it says that it stays up', async () => run.text().includes('Everything stays up'), 180_000);
		expect(run.text()).toMatch(/Login .*\S/);
		expect(run.text()).toContain(`${TOPICS} of ${TOPICS} tasks succeeded`);
		expect((await fetch(`http://127.0.0.1:${port}/healthz/readiness`)).status).toBe(200);
		expect(await processesOf(dir)).not.toEqual([]);
		run.interrupt();
		await run.ended;
		expect(await processesOf(dir)).toEqual([]);
		await expect(fetch(`http://127.0.0.1:${port}/healthz/readiness`)).rejects.toThrow();
	}, 240_000);

	test('DATABASE_URL and N8N_URL with a key use the Postgres and the n8n of the operator', async () => {
		const theirs = await startStage('operator', { withWorkflows: false });
		const database = await freshDatabase({ migrated: false });
		const own = await mkdtemp(join(tmpdir(), 'mo-joined-'));
		try {
			const login = theirs.host.login;
			if (!login) throw new Error('the stage has no login');
			const run = start(['--once'], {
				ORCHESTRATOR_DIR: own,
				DATABASE_URL: database.ownerUrl,
				N8N_URL: theirs.n8nUrl,
				N8N_API_KEY: await createApiKey(theirs.n8nUrl, login),
			});
			expect([await run.ended, run.text()]).toEqual([
				0,
				expect.stringContaining(`${TOPICS} of ${TOPICS} tasks succeeded`),
			]);
			expect(run.text()).not.toContain('starting n8n');
			expect(run.text()).not.toContain('starting Postgres');
			expect(theirs.host.n8n?.running).toBe(true);
		} finally {
			await theirs.stop();
			await rm(own, { recursive: true, force: true });
			await database.drop();
		}
	}, 240_000);

	test('a port that is in use is named, with the way to another one', async () => {
		const squatter = await listenOn(port);
		try {
			const run = start(['--once']);
			expect(await run.ended).toBe(1);
			expect(run.text()).toContain(`Port ${port} is in use`);
			expect(run.text()).toContain('N8N_PORT=');
			expect(await processesOf(dir)).toEqual([]);
		} finally {
			squatter.close();
		}
	}, 120_000);

	test('a Postgres that does not answer is named, without its password', async () => {
		const run = start(['--once'], {
			DATABASE_URL: `postgresql://someone:hidden-password@127.0.0.1:${await freePort()}/none`,
		});
		expect(await run.ended).toBe(1);
		expect(run.text()).toMatch(/127\.0\.0\.1:\d+/);
		expect(run.text()).not.toContain('hidden-password');
	}, 60_000);
});

interface Run {
	ended: Promise<number | null>;
	text(): string;
	longestSilenceMs(): number;
	interrupt(): void;
}

function start(args: string[], env: NodeJS.ProcessEnv = {}): Run {
	const child: ChildProcess = spawn(
		process.execPath,
		[join(ROOT, 'host', 'bootstrap.mjs'), 'start', ...args],
		{
			cwd: ROOT,
			env: { ...process.env, ORCHESTRATOR_DIR: dir, N8N_PORT: String(port), ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		},
	);
	let text = '';
	let spokeAt = Date.now();
	let longest = 0;
	const hear = (chunk: Buffer) => {
		longest = Math.max(longest, Date.now() - spokeAt);
		spokeAt = Date.now();
		text += chunk.toString();
	};
	child.stdout?.on('data', hear);
	child.stderr?.on('data', hear);
	return {
		ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
		text: () => text,
		longestSilenceMs: () => longest,
		interrupt: () => child.kill('SIGINT'),
	};
}

/** Command lines that carry the folder; a process that works in it but does not name it is found by its cwd. */
async function processesOf(folder: string): Promise<string[]> {
	const script = `for p in /proc/[0-9]*; do l=$(readlink $p/cwd 2>/dev/null); c=$(tr '\\0' ' ' < $p/cmdline 2>/dev/null); case "$l $c" in *${folder}*) echo "$c";; esac; done`;
	const { stdout } = await promisify(execFile)('sh', ['-c', script]);
	return stdout.split('\n').filter((line) => line !== '' && !line.includes('readlink'));
}

function listenOn(busyPort: number): Promise<Server> {
	const server = createServer();
	return new Promise((resolve) => server.listen(busyPort, '127.0.0.1', () => resolve(server)));
}
