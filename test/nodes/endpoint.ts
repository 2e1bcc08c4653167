import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Behaviour = (response: ServerResponse) => void;

/** A real HTTP endpoint that does, request by request, what the test told it. */
export class Endpoint {
	requests: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
	readonly #behaviours: Behaviour[] = [];

	private constructor(private readonly server: Server) {}

	static async listen(): Promise<Endpoint> {
		const server = createServer();
		const endpoint = new Endpoint(server);
		server.on('request', (request, response) => {
			let body = '';
			request.on('data', (chunk) => (body += String(chunk)));
			request.on('end', () => {
				endpoint.requests.push({ headers: request.headers, body });
				const behave = endpoint.#behaviours.shift() ?? ((unexpected) => void unexpected.writeHead(599).end());
				behave(response);
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return endpoint;
	}

	get url(): string {
		const { port }: AddressInfo = this.server.address() as AddressInfo;
		return `http://127.0.0.1:${port}/webhook/mo-main/endpoint`;
	}

	answer(status: number, body: object): void {
		this.#behaviours.push((response) => {
			response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
			response.end(JSON.stringify(body));
		});
	}

	neverAnswer(): void {
		this.#behaviours.push(() => undefined);
	}

	breakConnection(): void {
		this.#behaviours.push((response) => response.destroy());
	}

	/** Forgets what came and what was to come. */
	reset(): void {
		this.requests = [];
		this.#behaviours.length = 0;
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}
}
