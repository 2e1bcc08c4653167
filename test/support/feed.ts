import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Number of the first entry; its date lies a minute ahead, because a reader hands on only what is younger than itself. */
const FIRST = 30;

/** An RSS feed whose polling reader must hand on each entry once. */
export interface Feed {
	readonly url: string;
	/** Adds so many entries, each two seconds younger than the one before, as feeds count in whole seconds. */
	publish(count: number): void;
	close(): Promise<void>;
}

export async function startFeed(): Promise<Feed> {
	const beganAt = Date.now();
	let entries = 0;
	const item = (index: number) => `<item><title>Entry ${index}</title><link>http://feed/${index}</link>
		<guid>entry-${index}</guid><pubDate>${new Date(beganAt + index * 2000).toUTCString()}</pubDate></item>`;
	const server = createServer((_request, response) => {
		const items = Array.from({ length: entries }, (_, index) => item(entries - 1 - index + FIRST));
		response.writeHead(200, { 'content-type': 'application/rss+xml' }).end(
			`<?xml version="1.0"?><rss version="2.0"><channel><title>Feed</title><link>http://feed</link>
				<description>Entries</description>${items.join('')}</channel></rss>`,
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		publish: (count) => void (entries += count),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
