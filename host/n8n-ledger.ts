import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import { readIfThere, writePrivate } from './private-file';

const entry = z.object({ id: z.string(), hash: z.string() });
const content = z.object({
	apiKey: z.string().nullable().default(null),
	/** For the node Stop Zombies: may stop executions and nothing else. */
	stopKey: z.string().nullable().default(null),
	credentials: z.record(z.string(), entry).default({}),
	workflows: z.record(z.string(), entry).default({}),
});
export type LedgerContent = z.infer<typeof content>;

/** Remembers what was made in one n8n: ids and a hash of the content, so that a second start changes nothing. */
export class N8nLedger {
	private constructor(
		private readonly file: string,
		private readonly content: LedgerContent,
	) {}

	static async open(file: string): Promise<N8nLedger> {
		const text = await readIfThere(file);
		return new N8nLedger(file, content.parse(text === null ? {} : JSON.parse(text)));
	}

	get apiKey(): string | null {
		return this.content.apiKey;
	}

	get stopKey(): string | null {
		return this.content.stopKey;
	}

	async rememberKeys(keys: { apiKey: string; stopKey: string }): Promise<void> {
		Object.assign(this.content, keys);
		await this.save();
	}

	find(kind: 'credentials' | 'workflows', name: string): { id: string; hash: string } | null {
		return this.content[kind][name] ?? null;
	}

	async remember(kind: 'credentials' | 'workflows', name: string, id: string, hash: string): Promise<void> {
		this.content[kind][name] = { id, hash };
		await this.save();
	}

	private save(): Promise<void> {
		return writePrivate(this.file, JSON.stringify(this.content, null, 2));
	}
}

/** Of content that may hold a secret; only the hash is kept. */
export const hashOf = (value: unknown): string =>
	createHash('sha256').update(JSON.stringify(value)).digest('hex');
