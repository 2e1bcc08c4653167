import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readIfThere } from './private-file';

/** For root's clone in a home that is closed to others; a system's place for state of services. */
const SYSTEM_STATE = '/var/lib/master-orchestrator';

/** Whether another account can walk to the path: each folder above it and itself has its x bit for others. */
export async function othersCanReach(path: string): Promise<boolean> {
	for (let folder = resolve(path); ; folder = dirname(folder)) {
		if (((await stat(folder)).mode & 0o001) === 0) return false;
		if (folder === dirname(folder)) return true;
	}
}

/** Lets another account walk through this folder of ours, not list it. */
export async function openPassage(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true, mode: 0o711 });
	await chmod(folder, 0o711);
}

/** The folder itself, or a stable one beside the system's own state when others cannot reach it. */
export async function reachableFolder(folder: string): Promise<string> {
	await openPassage(folder);
	if (await othersCanReach(folder)) return folder;
	const name = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 16);
	const elsewhere = join(SYSTEM_STATE, name);
	await openPassage(SYSTEM_STATE);
	await openPassage(elsewhere);
	return elsewhere;
}

/** The folder, or a copy of it (made once a version) under `home` when others cannot reach it. */
export async function reachableCopy(folder: string, home: string, version: string): Promise<string> {
	if (await othersCanReach(folder)) return folder;
	const copy = join(home, 'programs');
	const stamp = join(home, 'programs.version');
	if ((await readIfThere(stamp)) !== version) {
		await cp(folder, copy, { recursive: true, force: true, verbatimSymlinks: true });
		await writeFile(stamp, version);
	}
	return copy;
}
