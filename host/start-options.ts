import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod/v4';
import { HostError } from './host-error';
import type { HostOptions } from './stage';

export interface StartOptions {
	/** Ends with the last task instead of staying up. */
	once: boolean;
	host: Pick<HostOptions, 'packageRoot' | 'dir' | 'databaseUrl' | 'n8n' | 'modelKeys' | 'timezone'>;
}

const port = z.coerce.number().int().min(1).max(65_535);

/** Reads the command line and the environment; every complaint says which setting and what it should be. */
export function readStartOptions(args: string[], env: NodeJS.ProcessEnv, packageRoot: string): StartOptions {
	const unknown = args.find((arg) => arg !== '--once');
	if (unknown !== undefined) {
		throw new HostError(`npm start does not know “${unknown}”.`, 'Use npm start, or npm start -- --once.');
	}
	return {
		once: args.includes('--once'),
		host: {
			packageRoot,
			dir: env.ORCHESTRATOR_DIR || join(packageRoot, '.orchestrator'),
			databaseUrl: env.DATABASE_URL || undefined,
			n8n: n8nOf(env),
			modelKeys: { openai: env.OPENAI_API_KEY || undefined, gemini: env.GEMINI_API_KEY || undefined },
			timezone: env.GENERIC_TIMEZONE || 'UTC',
		},
	};
}

function n8nOf(env: NodeJS.ProcessEnv): HostOptions['n8n'] {
	if (env.N8N_URL) {
		if (!URL.canParse(env.N8N_URL)) throw new HostError(`N8N_URL is no address: “${env.N8N_URL}”.`, 'Write it as https://n8n.example.com.');
		if (!env.N8N_API_KEY) {
			throw new HostError('N8N_URL is set, N8N_API_KEY is not.', 'Make a key in n8n under Settings → n8n API and set N8N_API_KEY.');
		}
		return { url: env.N8N_URL, apiKey: env.N8N_API_KEY };
	}
	if (!env.N8N_PORT) return {};
	const parsed = port.safeParse(env.N8N_PORT);
	if (!parsed.success) throw new HostError(`N8N_PORT is “${env.N8N_PORT}”.`, 'Set it to a number from 1 to 65535.');
	return { port: parsed.data };
}

/** The repository's root, from wherever in it this code was built to. */
export function findPackageRoot(from: string): string {
	for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
		if (nameIn(join(folder, 'package.json')) === 'n8n-nodes-master-orchestrator') return folder;
	}
	throw new HostError(`There is no n8n-nodes-master-orchestrator above ${from}.`, 'Start it from a clone of the repository.');
}

function nameIn(file: string): string | null {
	try {
		return z.object({ name: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).name;
	} catch {
		return null;
	}
}
