import { createServer, type AddressInfo } from 'node:net';
import { readIfThere, writePrivate } from './private-file';

/** A port of the loopback interface that nobody listens on now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
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
