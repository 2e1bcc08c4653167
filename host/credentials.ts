import { CREDENTIAL_NAMES, POSTGRES_CREDENTIAL, SIGNING_CREDENTIAL } from '../generator/catalogue';
import type { CredentialInput } from './n8n-client';
import type { ModelAccess } from './models';
import type { DatabaseAddress } from './postgres';
import { LLM_CREDENTIAL } from './workflow-file';

/** The two credentials that generated workflows name, and the keys of the language models. */
export function credentialInputs(
	database: DatabaseAddress,
	signingSecret: string,
	models: ModelAccess,
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
	];
}

const named = (type: string) => ({ name: CREDENTIAL_NAMES[type] ?? type, type });
