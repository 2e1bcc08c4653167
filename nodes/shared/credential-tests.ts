import type { ICredentialTestFunction } from 'n8n-workflow';
import { z } from 'zod/v4';
import {
	createOrchestrator,
	InvalidInputError,
	type LlmAccess,
	llmKeyProbe,
	type ModelRef,
	parseSecrets,
	type SchemaStatus,
} from '../../core';
import { decodeLlm, decodeN8nApi, decodePostgres, decodeSigning } from './credentials';
import { explain } from './node-error';

const ONLY_POLLS =
	'This address leads through a transaction pooler, where LISTEN hears nothing: new work is found by polling. For wake-ups at once give a direct or session port.';

/** Connects, and says which server answers and whether the schema is set up. */
export const orchestratorPostgresTest: ICredentialTestFunction = async function (credential) {
	try {
		const orchestrator = createOrchestrator({ connection: decodePostgres(credential.data), poolLingerMs: 0 });
		try {
			const described = describeDatabase(await orchestrator.schema.status());
			const hears = await orchestrator.wakeUps.hears();
			return { status: 'OK', message: hears === false ? `${described} ${ONLY_POLLS}` : described };
		} finally {
			await orchestrator.close();
		}
	} catch (error) {
		return { status: 'Error', message: explanation(error) };
	}
};

/** Says whether the secrets are strong enough to sign with; never shows them. */
export const orchestratorSigningTest: ICredentialTestFunction = async function (credential) {
	try {
		const { secret, previousSecret } = decodeSigning(credential.data);
		const secrets = parseSecrets(secret, previousSecret);
		const rotation = secrets.length > 1 ? ' The previous secret is still accepted.' : '';
		return { status: 'OK', message: `The secret is strong enough to sign with.${rotation}` };
	} catch (error) {
		return { status: 'Error', message: explanation(error) };
	}
};

/** Asks each provider that has a key for its models; costs nothing. */
export const orchestratorLlmTest: ICredentialTestFunction = async function (credential) {
	try {
		const { openai, gemini } = decodeLlm(credential.data);
		const answers = [await askProvider('openai', openai), await askProvider('gemini', gemini)];
		const accepted = answers.filter((answer) => answer !== null);
		if (accepted.length > 0) return { status: 'OK', message: accepted.join(' ') };
		return { status: 'Error', message: 'Both keys are empty. Fill in one, or use no credential at all.' };
	} catch (error) {
		return { status: 'Error', message: explanation(error) };
	}
};

/** Asks n8n what the key may do; stops nothing. */
export const orchestratorN8nApiTest: ICredentialTestFunction = async function (credential) {
	try {
		const { baseUrl, apiKey } = decodeN8nApi(credential.data);
		const response = await probe(`${baseUrl}/api/v1/discover`, { 'x-n8n-api-key': apiKey });
		const discovered = abilities.safeParse(await response?.json().catch(() => null));
		if (response?.ok && discovered.success) {
			const may = discovered.data.data.scopes.includes('execution:stop');
			return may
				? { status: 'OK', message: 'The key may stop executions.' }
				: {
						status: 'Error',
						message: 'The key lacks the scope execution:stop. Edit it in Settings → n8n API.',
					};
		}
		throw new InvalidInputError(
			response === null
				? `n8n does not answer at ${baseUrl}.`
				: `What answers at ${baseUrl} does not take this key: status ${response.status}.`,
			'Check the key, and the base URL: it is n8n’s own, without /api/v1.',
		);
	} catch (error) {
		return { status: 'Error', message: explanation(error) };
	}
};

const abilities = z.object({ data: z.object({ scopes: z.array(z.string()) }) });

const PROBE_TIMEOUT_MS = 10_000;

/** Null: nobody answered. A redirect is an answer: the key must go nowhere else. */
async function probe(url: string, headers: Record<string, string>): Promise<Response | null> {
	const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
	return await fetch(url, { headers, redirect: 'manual', signal }).catch(() => null);
}

/** Null: no key, nothing to ask. */
async function askProvider(provider: ModelRef['provider'], access: LlmAccess): Promise<string | null> {
	if (access.apiKey === '') return null;
	const { url, headers } = llmKeyProbe(provider, access);
	const response = await probe(url, headers);
	await response?.body?.cancel();
	if (response?.ok) return `${provider} accepts its key.`;
	throw new InvalidInputError(
		response === null
			? `${provider} does not answer at ${new URL(url).origin}.`
			: `${provider} refuses its key with status ${response.status}.`,
		'Check key and base URL; the URL includes the version, as in https://api.openai.com/v1.',
	);
}

function describeDatabase({ state, postgresVersion, databaseVersion }: SchemaStatus): string {
	const server = `Connected to Postgres ${postgresVersion}.`;
	if (state === 'current') return `${server} The schema is up to date (version ${databaseVersion}).`;
	if (state === 'too_new') return `${server} The schema is newer than this package: update the package.`;
	const lack = {
		missing: 'is not set up yet',
		outdated: 'is older than this package',
		drifted: 'differs from this package',
	};
	return `${server} The schema ${lack[state]}: run “master-orchestrator migrate”, or State Machine Controller → Set Up Database.`;
}

function explanation(error: unknown): string {
	const { message, action } = explain(error);
	return `${message} ${action}`;
}
