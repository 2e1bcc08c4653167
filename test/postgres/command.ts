import { spawn } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const HOOK = join(ROOT, 'test', 'generator', 'typescript-hook.cjs');

/** Runs the command line from its sources on a database; stdout and stderr together. */
export async function command(
	databaseUrl: string,
	...args: string[]
): Promise<{ status: number | null; text: string }> {
	const child = spawn(process.execPath, ['-r', HOOK, join(ROOT, 'generator', 'cli.ts'), ...args], {
		env: { ...process.env, DATABASE_URL: databaseUrl },
	});
	let text = '';
	child.stdout.on('data', (part: Buffer) => void (text += part.toString()));
	child.stderr.on('data', (part: Buffer) => void (text += part.toString()));
	return new Promise((resolve) => child.on('close', (status) => resolve({ status, text })));
}
