import type { IDataObject, INode, Logger as N8nLogger } from 'n8n-workflow';
import {
	createOrchestrator,
	type LlmAccesses,
	type Logger,
	type N8nAccess,
	type Orchestrator,
	parseSecrets,
	redactText,
	type SigningSecret,
} from '../../core';
import { decodeLlm, decodeN8nApi, decodePostgres, decodeSigning } from './credentials';
import { toSafeJson } from './json';

/** What every n8n context can do that matters here. */
export interface CredentialSource {
	getCredentials(type: string): Promise<IDataObject>;
	readonly logger: N8nLogger;
}

/** Opens the database of the node's credential. Connects at first use; whoever opens also closes. */
export async function openOrchestrator(source: CredentialSource): Promise<Orchestrator> {
	const connection = decodePostgres(await source.getCredentials('orchestratorPostgres'));
	return createOrchestrator({ connection, logger: toLogger(source.logger) });
}

/** Runs `work` with an open orchestrator and gives it back, whatever happens. */
export async function withOrchestrator<T>(
	source: CredentialSource,
	work: (orchestrator: Orchestrator) => Promise<T>,
): Promise<T> {
	const orchestrator = await openOrchestrator(source);
	try {
		return await work(orchestrator);
	} finally {
		await orchestrator.close();
	}
}

/** Current secret first. A missing or weak one is a SigningSecretError: nothing is signed or believed without it. */
export async function readSecrets(source: CredentialSource): Promise<SigningSecret[]> {
	const { secret, previousSecret } = decodeSigning(await source.getCredentials('orchestratorSigning'));
	return parseSecrets(secret, previousSecret);
}

/** Null when the node names no credential: the model's server then gets no key. */
export async function readLlmAccesses(
	source: CredentialSource & { getNode(): INode },
): Promise<LlmAccesses | null> {
	if (source.getNode().credentials?.orchestratorLlm === undefined) return null;
	return decodeLlm(await source.getCredentials('orchestratorLlm'));
}

/** Null when the node names no credential: n8n is then asked nothing. */
export async function readN8nAccess(
	source: CredentialSource & { getNode(): INode },
): Promise<N8nAccess | null> {
	if (source.getNode().credentials?.orchestratorN8nApi === undefined) return null;
	return decodeN8nApi(await source.getCredentials('orchestratorN8nApi'));
}

function toLogger(logger: N8nLogger): Logger {
	return {
		info: (message, fields) => logger.info(redactText(message), toSafeJson(fields ?? {})),
		warn: (message, fields) => logger.warn(redactText(message), toSafeJson(fields ?? {})),
		error: (message, fields) => logger.error(redactText(message), toSafeJson(fields ?? {})),
	};
}
