import type { DatabaseAddress } from './postgres';

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
	/** bcrypt of the password: n8n takes only this from its environment. */
	passwordHash: string;
}

export interface N8nSettings {
	port: number;
	/** Of the task runners' broker; each n8n on a machine needs its own. */
	brokerPort: number;
	userFolder: string;
	database: DatabaseAddress;
	/** n8n's own tables live here, apart from the orchestrator's. */
	databaseSchema: string;
	encryptionKey: string;
	owner: Owner;
	timezone: string;
	/** Wins over everything else. */
	extra?: Record<string, string>;
}

/** What the host passes on from its own environment; anything else of the operator's could change n8n's behaviour. */
const INHERITED = [
	'PATH',
	'HOME',
	'LANG',
	'LC_ALL',
	'TMPDIR',
	'SystemRoot',
	// How this machine reaches a registry or a provider: proxies and the certificates of those proxies.
	'HTTP_PROXY',
	'HTTPS_PROXY',
	'NO_PROXY',
	'http_proxy',
	'https_proxy',
	'no_proxy',
	'NODE_EXTRA_CA_CERTS',
	'SSL_CERT_FILE',
];

/** The whole environment of a quiet, local n8n that sets itself up without a click. */
export function n8nEnvironment(settings: N8nSettings, inherited: NodeJS.ProcessEnv): Record<string, string> {
	const passedOn = INHERITED.flatMap((name): [string, string][] => {
		const value = inherited[name];
		return value === undefined ? [] : [[name, value]];
	});
	return {
		...Object.fromEntries(passedOn),
		N8N_USER_FOLDER: settings.userFolder,
		N8N_PORT: String(settings.port),
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PROTOCOL: 'http',
		WEBHOOK_URL: `http://127.0.0.1:${settings.port}/`,
		N8N_EDITOR_BASE_URL: `http://127.0.0.1:${settings.port}/`,
		N8N_RUNNERS_BROKER_PORT: String(settings.brokerPort),
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		N8N_ENCRYPTION_KEY: settings.encryptionKey,
		...databaseEnvironment(settings),
		...ownerEnvironment(settings.owner),
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_SECURE_COOKIE: 'false',
		N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
		...afterACrash,
		GENERIC_TIMEZONE: settings.timezone,
		...settings.extra,
	};
}

/**
 * n8n publishes through an outbox with leases. Killed while it boots, it leaves a row in progress, and the next start
 * leaves that workflow's triggers dead until the lease ends: 120 s and a poll by default, seen as a stall. Not shorter:
 * n8n gives up at 70 % of it, and its five tries to publish take 15 s, after which the node's own message is shown.
 */
const afterACrash = {
	N8N_WORKFLOW_PUBLICATION_OUTBOX_LEASE_SECONDS: '30',
	N8N_WORKFLOW_PUBLICATION_OUTBOX_POLL_INTERVAL_MS: '2000',
} as const;

function databaseEnvironment({ database, databaseSchema }: N8nSettings): Record<string, string> {
	const tls: Record<string, string> =
		database.ssl === 'disable'
			? {}
			: {
					DB_POSTGRESDB_SSL_ENABLED: 'true',
					DB_POSTGRESDB_SSL_REJECT_UNAUTHORIZED: String(database.ssl === 'verify-full'),
				};
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: database.host,
		DB_POSTGRESDB_PORT: String(database.port),
		DB_POSTGRESDB_DATABASE: database.database,
		DB_POSTGRESDB_USER: database.user,
		DB_POSTGRESDB_PASSWORD: database.password,
		DB_POSTGRESDB_SCHEMA: databaseSchema,
		...tls,
	};
}

const ownerEnvironment = (owner: Owner): Record<string, string> => ({
	N8N_INSTANCE_OWNER_MANAGED_BY_ENV: 'true',
	N8N_INSTANCE_OWNER_EMAIL: owner.email,
	N8N_INSTANCE_OWNER_FIRST_NAME: owner.firstName,
	N8N_INSTANCE_OWNER_LAST_NAME: owner.lastName,
	N8N_INSTANCE_OWNER_PASSWORD_HASH: owner.passwordHash,
});
