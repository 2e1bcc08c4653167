import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hashOf, onceFor } from '../../host/bootstrap/stamp.mjs';

const folder = import.meta.dirname;

/** Installs the pinned peers when they are missing or others; a private package keeps them out of ours. */
export async function installPeers() {
	const lock = hashOf([join(folder, 'package-lock.json')]);
	await onceFor(join(folder, 'node_modules', '.bootstrap-stamp'), lock, async () =>
		promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder }),
	);
}
