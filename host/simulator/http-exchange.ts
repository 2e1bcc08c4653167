import type { IncomingMessage, ServerResponse } from 'node:http';

/** Largest body the simulator reads; the providers allow more, our prompts need far less. */
const MOST_BODY_BYTES = 4 * 1024 * 1024;

/** What a provider answers: a status, its headers and a JSON body. */
export interface Answer {
	status: number;
	headers?: Record<string, string>;
	body: unknown;
}

export interface ProviderRequest {
	method: string;
	path: string;
	query: URLSearchParams;
	headers: IncomingMessage['headers'];
	/** Undefined when the body is no JSON. */
	json: unknown;
}

/** Reads a whole request; the promise rejects when the body is too large or the client hangs up. */
export async function readRequest(incoming: IncomingMessage): Promise<ProviderRequest> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of incoming) {
		const bytes = Buffer.from(chunk);
		size += bytes.length;
		if (size > MOST_BODY_BYTES) throw new RangeError(`The body is larger than ${MOST_BODY_BYTES} bytes.`);
		chunks.push(bytes);
	}
	const url = new URL(incoming.url ?? '/', 'http://simulator');
	return {
		method: incoming.method ?? 'GET',
		path: decodeURIComponent(url.pathname),
		query: url.searchParams,
		headers: incoming.headers,
		json: parsed(Buffer.concat(chunks).toString('utf8')),
	};
}

export function send(response: ServerResponse, answer: Answer): void {
	response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', ...answer.headers });
	response.end(JSON.stringify(answer.body));
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
