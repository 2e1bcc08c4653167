import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import pg from 'pg';
import { frames } from './protocol-frames';

const AUTHENTICATED = Buffer.from([82, 0, 0, 0, 8, 0, 0, 0, 0]);
const READY = Buffer.from([90, 0, 0, 0, 5, 73]);
/** Answer to a request for TLS: no. */
const PLAIN = Buffer.from('N');
const TLS_REQUEST = 80_877_103;

/** A server connection that is logged in; `guest` is whose transaction it works on. */
interface ServerConnection {
	socket: Socket;
	guest: Socket | null;
}

/**
 * Pools as pgbouncer does in transaction mode: a client has a server connection for one transaction, and the next one goes
 * to the connection that rested longest. What a server says to nobody, a notification above all, is lost.
 */
export async function startTransactionPooler(databaseUrl: string, size = 3) {
	const waiting: Array<() => void> = [];
	const servers = await Promise.all(Array.from({ length: size }, async () => logIn(databaseUrl)));
	const idle = [...servers];
	const guests = new Set<Socket>();
	for (const server of servers) {
		const read = frames();
		server.socket.on('data', (bytes: Buffer) => {
			for (const message of read(bytes)) {
				server.guest?.write(message);
				// ReadyForQuery, outside of a transaction.
				if (message[0] !== READY[0] || message[5] !== READY[5]) continue;
				server.guest = null;
				idle.push(server);
				waiting.shift()?.();
			}
		});
	}
	const rent = async (guest: Socket): Promise<ServerConnection> => {
		while (idle.length === 0) await new Promise<void>((resolve) => waiting.push(resolve));
		const server = idle.shift();
		if (server === undefined) return await rent(guest);
		server.guest = guest;
		return server;
	};
	const door = createServer((guest) => {
		guests.add(guest);
		guest.on('error', () => undefined).on('close', () => guests.delete(guest));
		receive(guest, rent, () => servers.find((each) => each.guest === guest));
	});
	door.listen(0, '127.0.0.1');
	await once(door, 'listening');
	const url = new URL(databaseUrl);
	url.port = String((door.address() as AddressInfo).port);
	return {
		url: url.href,
		async stop() {
			for (const guest of guests) guest.destroy();
			for (const { socket } of servers) socket.destroy();
			door.close();
			await once(door, 'close');
		},
	};
}

/** Logs in by a real client and then has its socket to itself. */
async function logIn(connectionString: string): Promise<ServerConnection> {
	const socket = new Socket();
	const client = new pg.Client({ connectionString, stream: () => socket });
	client.on('error', () => undefined);
	await client.connect();
	socket.removeAllListeners('data');
	return { socket, guest: null };
}

/** A guest's messages in their order, each to the server connection that he has at that moment. */
function receive(
	guest: Socket,
	rent: (guest: Socket) => Promise<ServerConnection>,
	current: () => ServerConnection | undefined,
): void {
	const read = frames({ startup: true });
	let turn: Promise<void> = Promise.resolve();
	const take = async (message: Buffer, startup: boolean): Promise<void> => {
		if (startup) {
			if (message.readUInt32BE(4) === TLS_REQUEST) guest.write(PLAIN);
			else guest.write(Buffer.concat([AUTHENTICATED, READY]));
			return;
		}
		if (message[0] === 'X'.charCodeAt(0)) {
			guest.end();
			return;
		}
		(current() ?? (await rent(guest))).socket.write(message);
	};
	guest.on('data', (bytes: Buffer) => {
		for (const message of read(bytes)) {
			const startup = message[0] === 0;
			turn = turn.then(async () => take(message, startup));
		}
	});
}
