import { z } from 'zod/v4';
import type { HttpAnswer } from './classify';

/** One POST, as `deliver` asks for it. */
export interface HttpPost {
	url: string;
	headers: Record<string, string>;
	body: string;
	timeoutMs: number;
}

export type PostRequest = (request: HttpPost) => Promise<HttpAnswer>;

/** Failures before a byte was sent: name, route, port, TLS. Everything else may have arrived. */
const NEVER_SENT = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
	'UND_ERR_CONNECT_TIMEOUT',
	'ERR_INVALID_URL',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'CERT_HAS_EXPIRED',
	'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** More of an answer than this is not ours; it is cut. */
const MAX_ANSWER_CHARS = 64 * 1024;

/** POSTs by the global fetch: no redirects, one timeout for everything. Never throws. */
export const postByFetch: PostRequest = async ({ url, headers, body, timeoutMs }) => {
	try {
		const signal = AbortSignal.timeout(timeoutMs);
		const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
		const text = await response.text();
		return {
			kind: 'response',
			status: response.status,
			retryAfter: response.headers.get('retry-after'),
			body: text.slice(0, MAX_ANSWER_CHARS),
		};
	} catch (error) {
		const { code, message } = describe(error);
		return { kind: 'failure', sent: !NEVER_SENT.has(code), code, message };
	}
};

const thrown = z.object({
	name: z.string().catch('Error'),
	message: z.string().catch(''),
	code: z.string().optional().catch(undefined),
	cause: z.unknown(),
});

/** fetch hides the socket's error in `cause`; an aborted one has only a name. Read by shape: it may be of another realm. */
function describe(error: unknown): { code: string; message: string } {
	const outer = thrown.safeParse(error);
	if (!outer.success) return { code: 'UNKNOWN', message: String(error) };
	const inner = thrown.safeParse(outer.data.cause);
	const { code, name, message } = inner.success ? inner.data : outer.data;
	return { code: code ?? name, message: message || outer.data.message };
}
