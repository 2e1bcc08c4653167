import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { HOOK, ROOT } from '../generator/sources';
import type { TestDatabase } from '../support/postgres';
import { openQueue } from './scenario';

/** Long for sixty rounds, short for a process that would never end. */
const PATIENCE_MS = 60_000;

let database: TestDatabase;
beforeAll(async () => {
	({ database } = await openQueue());
});
afterAll(async () => database.drop());

test('a process that used every door keeps no more sockets and timers with time, and ends by itself once it is closed', async () => {
	const script = join(ROOT, 'test', 'support', 'tidy-process.ts');
	const child = spawn(process.execPath, ['-r', HOOK, script, database.url], { cwd: ROOT });
	const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
	let [output, errors] = ['', ''];
	child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
	const [code, signal] = await once(child, 'close');
	clearTimeout(killer);
	expect({ code, signal, errors }).toEqual({ code: 0, signal: null, errors: '' });
	const { settled, last } = JSON.parse(output) as { settled: string[]; last: string[] };
	console.log(`alive: ${last.join(', ')}`);
	expect(last).toEqual(settled);
}, 90_000);
