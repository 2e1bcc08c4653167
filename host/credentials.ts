import type { N8nAccess } from '../core';
import { CREDENTIAL_NAMES, POSTGRES_CREDENTIAL, SIGNING_CREDENTIAL } from '../generator/catalogue';
import type { CredentialInput } from './n8n-client';
import type { ModelAccess } from './models';
import type { DatabaseAddress } from './postgres';
import { LLM_CREDENTIAL, N8N_API_CREDENTIAL } from './workflow-file';

/** The two credentials that generated workflows name, the keys of the language models, and n8n's own if there is one. */
export function credentialInputs(
	database: DatabaseAddress,
	signingSecret: string,
	models: ModelAccess,
	n8nApi: N8nAccess | null,
): CredentialInput[] {
	const { host, port, user, password, ssl } = database;
	return [
		{
			...named(POSTGRES_CREDENTIAL),
			data: { host, port, database: database.database, user, password, ssl },
		},
		{ ...named(SIGNING_CREDENTIAL), data: { secret: signingSecret } },
		{
			...LLM_CREDENTIAL,
			data: {
				openAiApiKey: models.openai.apiKey,
				openAiUrl: models.openai.baseUrl,
				geminiApiKey: models.gemini.apiKey,
				geminiUrl: models.gemini.baseUrl,
			},
		},
		...(n8nApi === null ? [] : [{ ...N8N_API_CREDENTIAL, data: { ...n8nApi } }]),
	];
}

const named = (type: string) => ({ name: CREDENTIAL_NAMES[type] ?? type, type });
