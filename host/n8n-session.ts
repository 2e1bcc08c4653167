import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import { decoded, exchange, type ApiRequest } from '../generator/n8n-api/exchange';

/** What the host does through the public API, and nothing more. */
export const API_SCOPES = [
	'workflow:create',
	'workflow:read',
	'workflow:update',
	'workflow:list',
	'workflow:activate',
	'workflow:delete',
	'credential:create',
	'credential:read',
	'credential:update',
	'credential:list',
	'execution:read',
	'execution:list',
] as const;

/** What the node Stop Zombies does. */
export const STOP_SCOPES = ['execution:stop'] as const;

export interface Login {
	email: string;
	password: string;
}

/** Signs in as a person does and makes an API key without an end date. Only for an n8n of our own. */
export async function createApiKey(
	baseUrl: string,
	login: Login,
	scopes: readonly string[] = API_SCOPES,
	label = 'orchestrator-host',
): Promise<string> {
	const cookie = await signIn(baseUrl, login);
	const request: ApiRequest = {
		method: 'POST',
		path: '/rest/api-keys',
		headers: { cookie },
		body: {
			label: `${label}-${randomBytes(3).toString('hex')}`,
			expiresAt: null,
			scopes,
		},
	};
	const answer = await exchange(baseUrl, request);
	const key = z.object({ data: z.object({ rawApiKey: z.string() }) });
	return decoded(request, answer, key).data.rawApiKey;
}

/** The session cookie, ready for a `cookie` header. */
export async function signIn(baseUrl: string, login: Login): Promise<string> {
	const request: ApiRequest = {
		method: 'POST',
		path: '/rest/login',
		body: { emailOrLdapLoginId: login.email, password: login.password },
	};
	const answer = await exchange(baseUrl, request);
	decoded(request, answer, z.unknown());
	const cookie = answer.cookies.find((text) => text.startsWith('n8n-auth='))?.split(';')[0];
	return z.string({ error: 'n8n answered the login without its cookie' }).parse(cookie);
}
