import type { CredentialInput } from './n8n-client';
import type { ModelAccess } from './models';
import type { DatabaseAddress } from './postgres';

/** The four credentials that generated workflows name. */
export function credentialInputs(
	database: DatabaseAddress,
	signingSecret: string,
	models: ModelAccess,
): CredentialInput[] {
	const { host, port, user, password, ssl } = database;
	return [
		{
			name: 'Orchestrator Postgres',
			type: 'orchestratorPostgres',
			data: { host, port, database: database.database, user, password, ssl },
		},
		{ name: 'Orchestrator Signing', type: 'orchestratorSigning', data: { secret: signingSecret } },
		{
			name: 'OpenAI account',
			type: 'openAiApi',
			data: { apiKey: models.openai.apiKey, url: models.openai.baseUrl, header: false },
		},
		{
			name: 'Google Gemini(PaLM) Api account',
			type: 'googlePalmApi',
			data: { apiKey: models.gemini.apiKey, host: new URL(models.gemini.baseUrl).origin },
		},
	];
}
