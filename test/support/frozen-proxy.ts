import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server; `freeze` lets open connections stay open and carry nothing, as a dead router does. */
export async function startProxy(target: { host: string; port: number }) {
	const open = new Set<Socket>();
	let frozen = new Set<Socket>();
	const server = createServer((near) => {
		const far = connect(target);
		const pair: Array<[Socket, Socket]> = [
			[near, far],
			[far, near],
		];
		for (const [from, to] of pair) {
			open.add(from);
			from.on('data', (bytes) => void (frozen.has(from) || to.write(bytes)));
			from.on('close', () => {
				open.delete(from);
				if (!frozen.has(from)) to.destroy();
			});
			from.on('error', () => undefined);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		freeze: () => void (frozen = new Set(open)),
		async stop() {
			for (const each of open) each.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
