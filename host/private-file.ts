import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code';

/** Writes a file that only its owner may read, all or nothing: a crash leaves the old content. */
export async function writePrivate(path: string, text: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	const draft = `${path}.${process.pid}.new`;
	await writeFile(draft, text, { mode: 0o600 });
	await rename(draft, path);
}

/** The content of a file; null = there is none. Any other failure is thrown. */
export async function readIfThere(path: string): Promise<string | null> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (errorCode(error) === 'ENOENT') return null;
		throw error;
	}
}
