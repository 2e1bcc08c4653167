import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-code';
import { readIfThere, writePrivate } from './private-file';

export interface Command {
	file: string;
	args: string[];
	env: NodeJS.ProcessEnv;
	cwd: string;
	logFile: string;
	/** Remembers the process for a later start that must end it. */
	pidFile: string;
	/** How it ends when this process is killed: at once, or (a database) with a clean shutdown. */
	orphaned: 'KILL' | 'INT';
	uid?: number;
	gid?: number;
}

/**
 * Ends the group when this process dies without a chance to do it: `read` fails when our end of the pipe closes.
 * A line through the pipe says that all is well. Returns what says so.
 */
function guard(pid: number, signal: 'KILL' | 'INT'): () => void {
	const script = `read line || kill -s ${signal} -- -${pid}`;
	const guardian = spawn('sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
	guardian.once('error', () => {});
	guardian.stdin.once('error', () => {});
	guardian.unref();
	return () => void guardian.stdin.end('done\n');
}

/** A program in a process group of its own: Ctrl-C reaches it only through us, and nothing it starts survives it. */
export class Child {
	readonly ended: Promise<void>;
	private alive = true;

	private constructor(
		readonly process: ChildProcess,
		private readonly pidFile: string,
	) {
		this.ended = new Promise((resolve) => {
			const end = () => {
				this.alive = false;
				resolve();
			};
			process.once('exit', end);
			process.once('error', end);
		});
	}

	static async start(command: Command): Promise<Child> {
		mkdirSync(dirname(command.logFile), { recursive: true });
		const log = openSync(command.logFile, 'a', 0o600);
		const process = spawn(command.file, command.args, {
			cwd: command.cwd,
			env: command.env,
			detached: true,
			stdio: ['ignore', log, log],
			uid: command.uid,
			gid: command.gid,
		});
		closeSync(log);
		const child = new Child(process, command.pidFile);
		if (process.pid !== undefined) void child.ended.then(guard(process.pid, command.orphaned));
		await writePrivate(command.pidFile, String(process.pid ?? ''));
		return child;
	}

	get running(): boolean {
		return this.alive;
	}

	/** Sends the signal to the whole group and waits for the end; after `graceMs` it is SIGKILL. */
	async stop(signal: NodeJS.Signals, graceMs: number): Promise<void> {
		if (this.process.pid !== undefined) await endGroup(this.process.pid, signal, graceMs, () => this.alive);
		await this.ended;
		await rm(this.pidFile, { force: true });
	}
}

/**
 * Ends the process that an earlier start left behind. It is ours only if its command line still carries `mark`
 * (a path of this installation); any other process that got the number since is left alone.
 */
export async function endStray(
	pidFile: string,
	mark: string,
	signal: NodeJS.Signals,
	graceMs: number,
): Promise<boolean> {
	const pid = Number(await readIfThere(pidFile));
	await rm(pidFile, { force: true });
	if (!Number.isInteger(pid) || pid <= 1 || !(await commandLineOf(pid)).includes(mark)) return false;
	await endGroup(pid, signal, graceMs, () => exists(pid));
	return true;
}

async function endGroup(
	pid: number,
	signal: NodeJS.Signals,
	graceMs: number,
	alive: () => boolean,
): Promise<void> {
	signalGroup(pid, signal);
	const deadline = performance.now() + graceMs;
	while (alive() && performance.now() < deadline) await sleep(25);
	signalGroup(pid, 'SIGKILL');
	while (alive()) await sleep(25);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(-pid, signal);
	} catch (error) {
		if (errorCode(error) !== 'ESRCH') throw error;
	}
}

function exists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** Linux has it in /proc, other systems in `ps`; empty = no such process. */
export async function commandLineOf(pid: number): Promise<string> {
	const fromProc = await readIfThere(`/proc/${pid}/cmdline`).catch(() => null);
	if (fromProc !== null) return fromProc.replaceAll('\0', ' ');
	return new Promise((resolve) => {
		const ps = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
		let text = '';
		ps.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
		ps.once('error', () => resolve(''));
		ps.once('close', () => resolve(text));
	});
}

/** The end of a log, for a message that must show why something failed. */
export async function lastLines(file: string, count = 40): Promise<string[]> {
	const text = await readFile(file, 'utf8').catch(() => '');
	return text.trimEnd().split('\n').slice(-count);
}
