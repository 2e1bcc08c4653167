import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request on its way to n8n. */
export interface Passing {
	method: string;
	path: string;
}

/** A way to a real n8n on which things can happen between two requests: somebody edits, the line is cut. */
export interface Passage {
	readonly url: string;
	readonly passed: readonly Passing[];
	/** Runs before a request is handed on; `cut` ends the connection instead. */
	meanwhile: (passing: Passing) => Promise<'cut' | void>;
	close(): Promise<void>;
}

export async function startPassage(target: string): Promise<Passage> {
	const passed: Passing[] = [];
	const server = createServer((request, response) => {
		void (async () => {
			const passing = { method: request.method ?? 'GET', path: request.url ?? '/' };
			if ((await passage.meanwhile(passing)) === 'cut') return void request.socket.destroy();
			passed.push(passing);
			const answer = await handOn(target, passing, request);
			const type = answer.headers.get('content-type') ?? 'text/plain';
			response.writeHead(answer.status, { 'content-type': type }).end(await answer.text());
		})();
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const passage: Passage = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		passed,
		meanwhile: async () => undefined,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
	return passage;
}

async function handOn(
	target: string,
	{ method, path }: Passing,
	request: IncomingMessage,
): Promise<Response> {
	const body = await text(request);
	return await fetch(`${target}${path}`, {
		method,
		headers: {
			'content-type': 'application/json',
			'x-n8n-api-key': String(request.headers['x-n8n-api-key']),
		},
		...(body === '' ? {} : { body }),
	});
}
