import { Option } from 'commander';
import { InvalidInputError } from '../../core';
import { N8nScopeError } from '../n8n-api/errors';
import { type ApiAbilities, N8nApi } from '../n8n-api/n8n-api';

export interface InstanceOptions {
	n8nUrl?: string;
	/** Seconds. */
	timeout?: string;
}

/** The key has no option: the arguments of a process are seen by everybody on its machine. */
export const KEY_VARIABLE = 'N8N_API_KEY';

export const instanceOptions = (): Option[] => [
	new Option('--n8n-url <address>', `where n8n answers; its API key comes from ${KEY_VARIABLE} only`).env(
		'N8N_URL',
	),
	new Option('--timeout <seconds>', 'longest wait for one answer of n8n').default('60'),
];

/** The API of the operator’s n8n, from the options and the environment. Nothing is asked yet. */
export function openInstance({ n8nUrl, timeout = '60' }: InstanceOptions, env = process.env): N8nApi {
	const seconds = Number(timeout);
	if (!(seconds > 0 && seconds <= 3600)) {
		throw new InvalidInputError(
			`--timeout must be a number of seconds from 1 to 3600, got “${timeout}”.`,
			'Leave it out for 60.',
		);
	}
	return new N8nApi(addressOf(n8nUrl), keyOf(env[KEY_VARIABLE]), seconds * 1000);
}

function addressOf(given: string | undefined): string {
	const action = 'Set N8N_URL, or give --n8n-url https://n8n.example.com.';
	if (given === undefined || given.trim() === '') {
		throw new InvalidInputError('No n8n was given.', action);
	}
	const address = URL.canParse(given) ? new URL(given) : undefined;
	if (address?.protocol !== 'http:' && address?.protocol !== 'https:') {
		throw new InvalidInputError('The address of n8n is not an http:// or https:// address.', action);
	}
	if (address.username !== '' || address.password !== '') {
		throw new InvalidInputError(
			'The address of n8n carries a user or a password.',
			`${action} Without them.`,
		);
	}
	return `${address.origin}${address.pathname}`.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

/** Never repeated in a message, not even a part of it. */
function keyOf(given: string | undefined): string {
	const key = given?.trim() ?? '';
	const action = `Make one in n8n (Settings → n8n API) and set ${KEY_VARIABLE} to it.`;
	if (key === '') throw new InvalidInputError(`No API key was given: ${KEY_VARIABLE} is not set.`, action);
	if (/[^\x21-\x7e]/.test(key)) {
		throw new InvalidInputError(`${KEY_VARIABLE} has characters that no API key has.`, action);
	}
	return key;
}

/** Asks for everything at once before anything is done. Answers what n8n says of itself, null = it says nothing. */
export async function requireScopes(api: N8nApi, needed: readonly string[]): Promise<ApiAbilities | null> {
	const abilities = await api.abilities();
	const missing = needed.filter((scope) => abilities !== null && !abilities.scopes.has(scope));
	if (missing.length === 0) return abilities;
	throw new N8nScopeError(
		`The API key lacks ${missing.length === 1 ? 'the scope' : 'the scopes'} ${missing.join(', ')}.`,
		'Edit the key in n8n (Settings → n8n API) and add them.',
	);
}
