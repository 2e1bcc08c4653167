import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { readIfThere, writePrivate } from './private-file';

/** Below the range from which systems take the ports of outgoing connections: one of those could take it before we listen. */
const PORTS = { least: 20_000, below: 32_000 };

/** A port of the loopback interface that nobody listens on now. */
export async function freePort(): Promise<number> {
	for (let tries = 0; tries < 100; tries++) {
		const port = randomInt(PORTS.least, PORTS.below);
		if (await isFree(port)) return port;
	}
	throw new Error(
		`No free port from ${PORTS.least} to ${PORTS.below - 1} in 100 tries: end what listens there.`,
	);
}

/** Whether this process could listen on the port. */
export async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	return new Promise((resolve) => {
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}

/** The port that the file names if it is still free, else a new one: addresses stay valid between starts. */
export async function rememberedPort(file: string): Promise<number> {
	const known = Number(await readIfThere(file));
	if (known > 0 && (await isFree(known))) return known;
	const port = await freePort();
	await writePrivate(file, String(port));
	return port;
}
