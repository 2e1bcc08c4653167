import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** All entries are younger than any clock of the test: a reader that forgot how far it came hands them on again. */
const AHEAD_MS = 24 * 3_600_000;

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
		<guid>entry-${index}</guid><pubDate>${new Date(beganAt + AHEAD_MS + index * 2000).toUTCString()}</pubDate></item>`;
	const server = createServer((_request, response) => {
		const items = Array.from({ length: entries }, (_, index) => item(entries - 1 - index));
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
