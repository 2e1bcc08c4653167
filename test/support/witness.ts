import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What a workflow told from outside the database: when its work began and ended. */
export interface Sighting {
	/** Of the machine's clock, which is the database's too. */
	atMs: number;
	workflow: string;
	execution: string;
	event: 'begin' | 'end';
	/** Where the execution goes on when it is parked, if the work told it. */
	resumeUrl: string | null;
}

/** A server that stands for the work of workflows and remembers when it was done; no part of the package knows it. */
export interface Witness {
	/** GET `<url>/job/<workflow>/<execution>?ms=<duration>[&resume=<address>]` is the work: it answers when that is over. */
	readonly url: string;
	/** In the order in which it happened. The work goes on when its caller hangs up, as a real one would. */
	readonly seen: readonly Sighting[];
	forget(): void;
	close(): Promise<void>;
}

export async function startWitness(): Promise<Witness> {
	const seen: Sighting[] = [];
	const server = createServer((request, response) => {
		const { pathname, searchParams } = new URL(request.url ?? '/', 'http://witness');
		const [, , workflow = '', execution = ''] = pathname.split('/');
		const note = (event: Sighting['event']) =>
			seen.push({ atMs: Date.now(), workflow, execution, event, resumeUrl: searchParams.get('resume') });
		note('begin');
		void pause(Number(searchParams.get('ms')), undefined, { ref: false }).then(() => {
			note('end');
			response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		seen,
		forget: () => void seen.splice(0),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** How often one execution began to work while another did. */
export function overlaps(seen: readonly Sighting[]): number {
	const working = new Set<string>();
	let found = 0;
	for (const { workflow, execution, event } of seen) {
		const id = `${workflow}/${execution}`;
		if (event === 'end') working.delete(id);
		else {
			found += working.size;
			working.add(id);
		}
	}
	return found;
}
