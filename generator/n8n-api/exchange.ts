import { z } from 'zod/v4';
import {
	N8nAddressError,
	N8nFaultError,
	N8nKeyError,
	N8nNotFoundError,
	N8nRefusedError,
	N8nScopeError,
	N8nUnreachableError,
} from './errors';

/** Longest wait for one answer of n8n; publishing a workflow on a loaded machine takes a few seconds. */
export const TIMEOUT_MS = 60_000;

export interface ApiRequest {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	path: string;
	body?: unknown;
	headers?: Record<string, string>;
}

export interface ApiAnswer {
	status: number;
	/** Decoded JSON; the beginning of the text where it is none. */
	body: unknown;
	/** False: HTML, for example. */
	json: boolean;
	cookies: string[];
	/** Where a redirect leads; null = it is none. */
	location: string | null;
}

/** One exchange with n8n, whatever its status; only an n8n that does not answer at all is an error. */
export async function exchange(
	baseUrl: string,
	request: ApiRequest,
	timeoutMs = TIMEOUT_MS,
): Promise<ApiAnswer> {
	try {
		const response = await fetch(`${baseUrl}${request.path}`, {
			method: request.method,
			headers: {
				accept: 'application/json',
				...(request.body !== undefined && { 'content-type': 'application/json' }),
				...request.headers,
			},
			body: request.body === undefined ? undefined : JSON.stringify(request.body),
			// The key must go nowhere but to the address that was given.
			redirect: 'manual',
			signal: AbortSignal.timeout(timeoutMs),
		});
		const text = await response.text();
		// A proxy's error page may repeat the request, the key included.
		const shown = response.ok ? text : withoutSecrets(text, request.headers);
		const location = response.headers.get('location');
		return {
			status: response.status,
			...asJson(shown),
			cookies: response.headers.getSetCookie(),
			location: location === null ? null : withoutSecrets(location, request.headers),
		};
	} catch (cause) {
		const late = cause instanceof Error && cause.name === 'TimeoutError';
		throw new N8nUnreachableError(
			`n8n at ${baseUrl} does not answer${late ? ` within ${timeoutMs / 1000} s` : ''}.`,
			'Check that it runs and that the address is right.',
			{ cause },
		);
	}
}

/** Decodes a good answer; any other becomes an error with n8n's own message. */
export function decoded<T>(request: ApiRequest, answer: ApiAnswer, schema: z.ZodType<T>): T {
	if (answer.status >= 300) throw failure(request, answer);
	const parsed = answer.json || answer.status === 204 ? schema.safeParse(answer.body) : undefined;
	if (parsed?.success) return parsed.data;
	const what = parsed ? z.prettifyError(parsed.error) : 'not JSON';
	throw new N8nAddressError(
		`What answered ${request.method} ${request.path} is not the API that we know: ${what}`,
		'Give the address of n8n itself, without /api/v1; this is made for n8n 2.40, compare the version.',
	);
}

function failure({ method, path }: ApiRequest, { status, body, location }: ApiAnswer): Error {
	const said = `n8n refused ${method} ${path} with ${status}: ${messageOf(body)}`;
	if (status < 400) {
		return new N8nAddressError(
			`The address leads elsewhere (${status}${location === null ? '' : ` to ${withoutQuery(location)}`}).`,
			'Give the address where n8n itself answers; redirects are not followed, because the API key would go along.',
		);
	}
	if (status === 401) {
		return new N8nKeyError(said, 'Make an API key in n8n (Settings → n8n API) and set N8N_API_KEY to it.');
	}
	if (status === 403) {
		return new N8nScopeError(
			said,
			'Give the API key the scope that the message names, or its owner the right.',
		);
	}
	if (status === 404) {
		return new N8nNotFoundError(said, 'Check the id, and that the owner of the API key may see it.');
	}
	return status < 500
		? new N8nRefusedError(said, 'Read the message of n8n above.')
		: new N8nFaultError(said, 'Look into n8n’s log, then run the command again.');
}

function messageOf(body: unknown): string {
	const parsed = z.object({ message: z.string() }).safeParse(body);
	return parsed.success ? parsed.data.message : JSON.stringify(body).slice(0, 300);
}

const withoutSecrets = (text: string, headers: Record<string, string> = {}): string =>
	Object.values(headers).reduce((shown, secret) => shown.replaceAll(secret, '***'), text);

const withoutQuery = (location: string): string => location.replace(/[?#].*$/s, '');

function asJson(text: string): { body: unknown; json: boolean } {
	try {
		return { body: JSON.parse(text), json: true };
	} catch {
		return { body: text.slice(0, 300), json: false };
	}
}
