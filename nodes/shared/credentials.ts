import { z } from 'zod/v4';
import { type Connection, InvalidInputError, type LlmAccesses } from '../../core';

const postgres = z.object({
	host: z.string().trim().min(1),
	port: z.coerce.number().int().min(1).max(65_535).default(5432),
	database: z.string().trim().min(1),
	user: z.string().trim().min(1),
	password: z.string().default(''),
	ssl: z.enum(['disable', 'require', 'verify-full']).default('disable'),
	ca: z.string().default(''),
});

const signing = z.object({ secret: z.string().default(''), previousSecret: z.string().default('') });
export type SigningFields = z.infer<typeof signing>;

const llm = z.object({
	openAiUrl: z.string().trim().default(''),
	openAiApiKey: z.string().trim().default(''),
	geminiUrl: z.string().trim().default(''),
	geminiApiKey: z.string().trim().default(''),
});

/** Reads the fields of Orchestrator Postgres; names an empty or wrong field, never its value. */
export function decodePostgres(fields: unknown): Connection {
	const parsed = postgres.safeParse(fields);
	if (!parsed.success) {
		const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'the credential')))];
		throw new InvalidInputError(
			`The credential “Orchestrator Postgres” is incomplete: ${names.join(', ')}.`,
			'Open the credential, fill in these fields and test it.',
		);
	}
	const { ssl, ca, ...rest } = parsed.data;
	return { ...rest, ssl: tlsOf(ssl, ca) };
}

export function decodeSigning(fields: unknown): SigningFields {
	return signing.parse(fields);
}

export function decodeLlm(fields: unknown): LlmAccesses {
	const { openAiUrl, openAiApiKey, geminiUrl, geminiApiKey } = llm.parse(fields);
	return {
		openai: { baseUrl: openAiUrl, apiKey: openAiApiKey },
		gemini: { baseUrl: geminiUrl, apiKey: geminiApiKey },
	};
}

function tlsOf(ssl: z.infer<typeof postgres>['ssl'], ca: string) {
	if (ssl === 'disable') return false;
	if (ssl === 'require') return { rejectUnauthorized: false };
	return { rejectUnauthorized: true, ...(ca.trim() === '' ? {} : { ca }) };
}
