import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Over the content of files and folders (node_modules and hidden files left out), in a stable order. */
export function hashOf(paths) {
	const hash = createHash('sha256');
	for (const file of paths.flatMap(filesUnder).sort()) hash.update(`\0${file}\0`).update(readFileSync(file));
	return hash.digest('hex');
}

function filesUnder(path) {
	if (!existsSync(path)) return [];
	if (statSync(path).isFile()) return [path];
	return readdirSync(path, { withFileTypes: true })
		.filter(({ name }) => name !== 'node_modules' && !name.startsWith('.'))
		.flatMap(({ name }) => filesUnder(join(path, name)));
}

/** Whether `work` was done for this content; it is done now if it was not. */
export async function onceFor(stampFile, hash, work) {
	if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return false;
	await work();
	writeFileSync(stampFile, hash);
	return true;
}
