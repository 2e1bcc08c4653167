import { spawn } from 'node:child_process';
import { join } from 'node:path';

const CLI = join(__dirname, '..', '..', 'dist', 'generator', 'cli.js');

export interface Ran {
	status: number | null;
	stdout: string;
	stderr: string;
}

/** Runs the built command line as an operator does, without stopping the servers of this process. */
export async function runCommand(
	args: readonly string[],
	{ cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Promise<Ran> {
	const { PATH = '' } = process.env;
	const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { PATH, ...env } });
	const ran: Ran = { status: null, stdout: '', stderr: '' };
	child.stdout.setEncoding('utf8').on('data', (text: string) => void (ran.stdout += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => void (ran.stderr += text));
	return await new Promise((resolve, reject) => {
		child.on('error', reject).on('close', (status) => resolve({ ...ran, status }));
	});
}
