import { z } from 'zod/v4';
import { HostError } from './host-error';

/** Longest wait for one answer of n8n; publishing a workflow on a loaded machine takes a few seconds. */
const TIMEOUT_MS = 60_000;

export interface ApiRequest {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	path: string;
	body?: unknown;
	headers?: Record<string, string>;
}

export interface ApiAnswer {
	status: number;
	body: unknown;
	cookies: string[];
}

/** One exchange with n8n, whatever its status; only an n8n that does not answer at all is an error. */
export async function exchange(baseUrl: string, request: ApiRequest): Promise<ApiAnswer> {
	let response: Response;
	try {
		response = await fetch(`${baseUrl}${request.path}`, {
			method: request.method,
			headers: {
				accept: 'application/json',
				...(request.body !== undefined && { 'content-type': 'application/json' }),
				...request.headers,
			},
			body: request.body === undefined ? undefined : JSON.stringify(request.body),
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
	} catch (error) {
		throw new HostError(`n8n at ${baseUrl} does not answer.`, 'Check that it runs and that the address is right.', {
			cause: error,
		});
	}
	const text = await response.text();
	return { status: response.status, body: asJson(text), cookies: response.headers.getSetCookie() };
}

/** Decodes a good answer; any other becomes an error with n8n's own message. */
export function decoded<T>(request: ApiRequest, answer: ApiAnswer, schema: z.ZodType<T>): T {
	if (answer.status >= 300) {
		throw new HostError(
			`n8n refused ${request.method} ${request.path} with ${answer.status}: ${messageOf(answer.body)}`,
			answer.status === 401 || answer.status === 403
				? 'Check the API key and its scopes.'
				: 'Read the message of n8n above and its log.',
		);
	}
	const parsed = schema.safeParse(answer.body);
	if (parsed.success) return parsed.data;
	throw new HostError(
		`n8n answered ${request.method} ${request.path} in a shape we do not know: ${z.prettifyError(parsed.error)}`,
		'The host is made for n8n 2.40; compare the version.',
	);
}

function messageOf(body: unknown): string {
	const parsed = z.object({ message: z.string() }).safeParse(body);
	return parsed.success ? parsed.data.message : JSON.stringify(body).slice(0, 300);
}

function asJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text.slice(0, 300);
	}
}
