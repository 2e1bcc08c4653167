import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Installs the pinned peers once; a private package keeps them out of ours. */
export async function installPeers() {
	const folder = import.meta.dirname;
	if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
	await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}
