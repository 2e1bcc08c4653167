import type { ICredentialTestFunction } from 'n8n-workflow';
import { createOrchestrator, parseSecrets, type SchemaStatus } from '../../core';
import { decodePostgres, decodeSigning } from './credentials';
import { explain } from './node-error';

/** Connects, and says which server answers and whether the schema is set up. */
export const orchestratorPostgresTest: ICredentialTestFunction = async function (credential) {
	try {
		const orchestrator = createOrchestrator({ connection: decodePostgres(credential.data), poolLingerMs: 0 });
		try {
			return { status: 'OK', message: describeDatabase(await orchestrator.schema.status()) };
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
