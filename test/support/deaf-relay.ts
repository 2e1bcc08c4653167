import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { frames } from './protocol-frames';

/**
 * Stands before a real Postgres as a transaction pooler does, seen from a client: everything passes, only notifications,
 * which come to whichever server connection listened, never do.
 */
export async function deafRelay(databaseUrl: string): Promise<{ url: string; close(): Promise<void> }> {
	const target = new URL(databaseUrl);
	const server = createServer((client) => {
		const upstream = connect(Number(target.port), target.hostname);
		const read = frames();
		upstream.on('data', (part: Buffer) => {
			for (const message of read(part)) if (message[0] !== 'A'.charCodeAt(0)) client.write(message);
		});
		client.on('data', (part) => upstream.write(part));
		client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
		upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the relay has no port');
	const url = new URL(databaseUrl);
	url.port = String(address.port);
	return { url: url.href, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
