import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Postgres' message “ready for query”: what was asked before it is committed. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** A way to Postgres that cuts a connection when a statement has been committed and its answer is on its way. */
export class SwallowingProxy {
	/** How many answers were swallowed. */
	swallowed = 0;
	#statement: string | undefined;
	readonly #sockets = new Set<Socket>();

	private constructor(
		private readonly server: Server,
		readonly url: string,
	) {}

	static async before(databaseUrl: string): Promise<SwallowingProxy> {
		const target = new URL(databaseUrl);
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const url = new URL(databaseUrl);
		url.port = String((server.address() as AddressInfo).port);
		const proxy = new SwallowingProxy(server, url.href);
		server.on('connection', (client) => proxy.#pass(client, connect(Number(target.port), target.hostname)));
		return proxy;
	}

	/** The answer to the next statement that has this in its text is swallowed, once. */
	swallowTheAnswerTo(statement: string): void {
		this.#statement = statement;
	}

	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		await new Promise((resolve) => this.server.close(resolve));
	}

	#pass(client: Socket, server: Socket): void {
		let swallowing = false;
		for (const [socket, other] of [
			[client, server],
			[server, client],
		] as const) {
			this.#sockets.add(socket);
			socket.on('error', () => undefined);
			socket.on('close', () => {
				this.#sockets.delete(socket);
				other.destroy();
			});
		}
		client.on('data', (chunk) => {
			if (this.#statement !== undefined && chunk.includes(this.#statement)) {
				this.#statement = undefined;
				swallowing = true;
			}
			server.write(chunk);
		});
		server.on('data', (chunk) => {
			if (!swallowing) return void client.write(chunk);
			if (!chunk.includes(READY)) return;
			this.swallowed++;
			client.destroy();
		});
	}
}
