import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InvalidInputError } from './failure';
import { MAX_BYTES, type SourceFile } from './wrap';

/** Reads the files of the command line. Their names must differ: they go into one folder. */
export async function readSourceFiles(paths: readonly string[], out?: string): Promise<SourceFile[]> {
	const names = paths.map((path) => basename(path));
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined && out !== undefined) {
		throw new InvalidInputError(
			`Two files are called ${twice}.`,
			'Run the command once for each, with different --out folders.',
		);
	}
	const own = paths.find((path) => out !== undefined && resolve(path) === resolve(out, basename(path)));
	if (own !== undefined) {
		throw new InvalidInputError(`--out would overwrite ${own}.`, 'Give --out another folder.');
	}
	const files: SourceFile[] = [];
	for (const path of paths) files.push({ name: basename(path), text: await readText(path) });
	return files;
}

async function readText(path: string): Promise<string> {
	const { size } = await attempt(path, stat(path));
	if (size > MAX_BYTES) {
		throw new InvalidInputError(
			`${path} has ${size} bytes, at most ${MAX_BYTES} are read.`,
			'Check that this is an export of n8n.',
		);
	}
	return await attempt(path, readFile(path, 'utf8'));
}

async function attempt<T>(path: string, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (cause) {
		throw new InvalidInputError(`Cannot read ${path}.`, 'Give workflow files that exist.', { cause });
	}
}
