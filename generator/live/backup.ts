import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod/v4';
import { FileAccessError } from '../failure';
import type { LiveWorkflow } from '../n8n-api/live-workflow';

/** Where originals are kept unless --backup says otherwise. */
export const BACKUP_FOLDER = 'n8n-workflow-backups';

/**
 * Keeps a workflow exactly as the API gave it, in a file that only its owner may read, and answers the path. A file that
 * is there is never overwritten: the next free number is taken.
 */
export async function backUp(folder: string, workflow: LiveWorkflow): Promise<string> {
	const text = `${JSON.stringify(workflow.raw, null, 2)}\n`;
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		for (let count = 1; ; count++) {
			const path = resolve(join(folder, fileName(workflow, count)));
			if (await writeNew(path, text)) return path;
		}
	} catch (cause) {
		throw new FileAccessError(
			`Cannot keep a backup in ${folder}, so nothing was changed.`,
			'Give --backup a folder that you may write to.',
			{ cause },
		);
	}
}

/** Names come from n8n: only letters, digits and dashes reach the file system. */
export function fileName({ id, name, versionId }: LiveWorkflow, count: number): string {
	const plain = (text: string) => text.replaceAll(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60);
	const number = count === 1 ? '' : `.${count}`;
	return `${plain(name)}.${plain(id)}.${plain(versionId).slice(0, 8)}${number}.json`;
}

const exists = z.object({ code: z.literal('EEXIST') });

async function writeNew(path: string, text: string): Promise<boolean> {
	try {
		await writeFile(path, text, { flag: 'wx', mode: 0o600 });
		return true;
	} catch (error) {
		if (exists.safeParse(error).success) return false;
		throw error;
	}
}
