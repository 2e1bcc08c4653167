import { rm } from 'node:fs/promises';
import { z } from 'zod/v4';
import { commandLineOf } from './child-process';
import { HostError } from './host-error';
import { readIfThere, writePrivate } from './private-file';

const holder = z.object({ pid: z.int().positive(), commandLine: z.string().min(1) });

/**
 * One host a folder: a second one would end the first one's Postgres as a stray. The lock of a process that is gone,
 * or whose number another program has now, does not count. Answers how to give it back.
 */
export async function lockDir(dir: string, file: string): Promise<() => Promise<void>> {
	const text = await readIfThere(file);
	const other = text === null ? null : holder.parse(JSON.parse(text));
	if (other !== null && other.pid !== process.pid && (await commandLineOf(other.pid)) === other.commandLine) {
		throw new HostError(
			`${dir} is in use by another start (process ${other.pid}).`,
			'Stop that one first (Ctrl-C in its terminal), or set ORCHESTRATOR_DIR to another folder.',
		);
	}
	const own = { pid: process.pid, commandLine: await commandLineOf(process.pid) };
	await writePrivate(file, JSON.stringify(own));
	return () => rm(file, { force: true });
}
