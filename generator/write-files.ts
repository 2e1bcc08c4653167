import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod/v4';
import { FileAccessError } from './failure';
import type { GeneratedFile } from './generate';

/**
 * Writes all files or none: every text goes to a temporary neighbour first, and the renames, which cannot run out of
 * space, come last. A reader sees the old file or the new one, never half of one.
 */
export async function writeFiles(directory: string, files: readonly GeneratedFile[]): Promise<void> {
	const staged = files.map(({ name, text }) => ({
		text,
		target: join(directory, name),
		temporary: join(directory, `.${name}.${process.pid}.tmp`),
	}));
	try {
		await mkdir(directory, { recursive: true });
		for (const { temporary, text } of staged) await writeFile(temporary, text, { flag: 'wx' });
		for (const { temporary, target } of staged) await rename(temporary, target);
	} catch (cause) {
		throw new FileAccessError(
			`Cannot write to ${directory}: ${reasonOf(cause)}.`,
			'Give --out a folder that you may write to; none of its files was left half written.',
			{ cause },
		);
	} finally {
		await Promise.allSettled(staged.map(({ temporary }) => rm(temporary, { force: true })));
	}
}

/** How a folder differs from what would be written, other documents aside; empty = byte for byte the same. */
export async function compareFiles(directory: string, files: readonly GeneratedFile[]): Promise<string[]> {
	const names = files.map(({ name }) => name);
	const present = (await listFolder(directory)).filter(
		(name) => name.endsWith('.json') || names.includes(name),
	);
	const changed: string[] = [];
	for (const { name, text } of files) {
		if (!present.includes(name)) changed.push(`${join(directory, name)} is missing`);
		else if (!(await readFile(join(directory, name))).equals(Buffer.from(text, 'utf8'))) {
			changed.push(`${join(directory, name)} differs`);
		}
	}
	return [
		...changed,
		...present
			.filter((name) => !names.includes(name))
			.map((name) => `${join(directory, name)} is not generated`),
	];
}

async function listFolder(directory: string): Promise<string[]> {
	try {
		return (await readdir(directory)).sort();
	} catch (cause) {
		throw new FileAccessError(
			`Cannot read ${directory}: ${reasonOf(cause)}.`,
			'Generate into it first, without --check.',
			{
				cause,
			},
		);
	}
}

const systemError = z.object({ code: z.string() });

function reasonOf(error: unknown): string {
	const known = systemError.safeParse(error);
	return known.success ? (REASONS[known.data.code] ?? known.data.code) : String(error);
}

const REASONS: Readonly<Record<string, string>> = {
	EACCES: 'permission denied (EACCES)',
	EPERM: 'not permitted (EPERM)',
	EROFS: 'the file system is read-only (EROFS)',
	ENOTDIR: 'a part of the path is a file (ENOTDIR)',
	EEXIST: 'there is a file of that name (EEXIST)',
	EISDIR: 'a folder stands where a file should be (EISDIR)',
	ENOENT: 'it does not exist (ENOENT)',
	ENOSPC: 'the disk is full (ENOSPC)',
};
