import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';
import { ReportedError } from './report.mjs';

/** Process groups that Ctrl-C must reach; each child leads its own. */
const groups = new Set();
let stopping = false;
const ASK_AGAIN_MS = 30_000;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stopAll);

/** First time: asks every group to end and gives it 30 s. Second time, or after that: SIGKILL. */
function stopAll() {
	const signal = stopping ? 'SIGKILL' : 'SIGTERM';
	if (!stopping) setTimeout(stopAll, ASK_AGAIN_MS).unref();
	stopping = true;
	for (const child of groups) send(child, signal);
	if (groups.size === 0) process.exit(130);
}

function send(child, signal) {
	try {
		process.kill(-child.pid, signal);
	} catch {
		// It has ended already.
	}
}

function startGroup(file, args, options) {
	const child = spawn(file, args, { cwd: inRoot(), detached: true, ...options });
	groups.add(child);
	return child;
}

const ended = (child) =>
	new Promise((resolve, reject) => {
		child.once('error', (error) => {
			groups.delete(child);
			reject(new ReportedError(`${child.spawnfile} cannot be started: ${error.message}`));
		});
		child.once('close', (code, signal) => {
			groups.delete(child);
			if (stopping) {
				send(child, 'SIGKILL');
				process.exitCode = 130;
			}
			resolve(signal === null ? code : 128);
		});
	});

/**
 * Runs a program that talks to the person itself; answers with its exit code. With `tied` an IPC channel tells it of our
 * death; jest gets none, because the channel would keep it from ending.
 */
export function runVisibly(file, args, { env, tied }) {
	return ended(
		startGroup(file, args, { env, stdio: ['ignore', 'inherit', 'inherit', ...(tied ? ['ipc'] : [])] }),
	);
}

/** Runs a program into a log file of its own; answers with its exit code. */
export async function runLogged(name, file, args, options = {}) {
	mkdirSync(inRoot('.orchestrator', 'logs'), { recursive: true });
	const logFile = inRoot('.orchestrator', 'logs', `${name}.log`);
	const log = openSync(logFile, 'w', 0o600);
	const child = startGroup(file, args, { ...options, stdio: ['ignore', log, log] });
	closeSync(log);
	const code = await ended(child);
	if (stopping) process.exit(130);
	return {
		code,
		logFile,
		tail: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-40).join('\n'),
	};
}

/** The same, for steps that must succeed: the last 40 lines explain a failure. */
export async function mustRun(name, file, args, options) {
	const { code, logFile, tail } = await runLogged(name, file, args, options);
	if (code !== 0)
		throw new ReportedError(`${name} failed (exit code ${code}). The end of ${logFile}:\n\n${tail()}`);
}
