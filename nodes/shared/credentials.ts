import { z } from 'zod/v4';
import { type Connection, InvalidInputError, type LlmAccesses, type N8nAccess } from '../../core';

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

const n8nApi = z.object({
	baseUrl: z.url({ protocol: /^https?$/ }).transform((url) => url.trim().replace(/\/+$/, '')),
	apiKey: z.string().trim().min(1),
});

/** Reads the fields of Orchestrator n8n API; names an empty or wrong field, never its value. */
export function decodeN8nApi(fields: unknown): N8nAccess {
	return decoded('Orchestrator n8n API', n8nApi, fields);
}

/** Reads the fields of Orchestrator Postgres; names an empty or wrong field, never its value. */
export function decodePostgres(fields: unknown): Connection {
	const { ssl, ca, ...rest } = decoded('Orchestrator Postgres', postgres, fields);
	return { ...rest, ssl: tlsOf(ssl, ca) };
}

function decoded<S extends z.ZodType>(credential: string, schema: S, fields: unknown): z.output<S> {
	const parsed = schema.safeParse(fields);
	if (parsed.success) return parsed.data;
	const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? 'the credential')))];
	throw new InvalidInputError(
		`The credential “${credential}” is incomplete: ${names.join(', ')}.`,
		'Open the credential, fill in these fields and test it.',
	);
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
