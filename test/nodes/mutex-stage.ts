import { randomUUID } from 'node:crypto';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { IDataObject, INodeExecutionData, INodeParameters, INodeType } from 'n8n-workflow';
import { addNodeType, type NodeSpec, source } from './engine';

/** Work that lasts until the test lets it end; tells when it began. */
export class Gate {
	readonly type: string = `gate-${randomUUID()}`;
	readonly begun: Promise<void>;
	endedAt: number | null = null;
	private begin: () => void = () => undefined;
	open: () => void = () => undefined;

	constructor() {
		this.begun = new Promise((resolve) => (this.begin = resolve));
		const opened = new Promise<void>((resolve) => (this.open = resolve));
		const work = async () => {
			this.begin();
			await opened;
			this.endedAt = Date.now();
		};
		addNodeType({
			...source,
			description: { ...source.description, name: this.type },
			async execute() {
				await work();
				return [this.getInputData()];
			},
		});
	}
}

/** Parks the execution until the given instant, as n8n's Wait does. */
export function wait(until: Date): NodeSpec & { name: string } {
	const type: INodeType = {
		...source,
		description: { ...source.description, name: `wait-${randomUUID()}` },
		async execute() {
			await this.putExecutionToWait(until);
			return [this.getInputData()];
		},
	};
	addNodeType(type);
	return { name: 'Wait', type: type.description.name };
}

export function mutex(
	operation: 'acquire' | 'ensure' | 'release' | 'inspect',
	over: INodeParameters = {},
	name = 'Mutex',
): NodeSpec & { name: string } {
	const busy = operation === 'acquire' || operation === 'ensure' ? { onBusy: 'skip' } : {};
	return {
		name,
		type: 'workflowMutex',
		parameters: { operation, lock: 'crm', options: {}, ...busy, ...over },
	};
}

export const itemsOf = (...values: IDataObject[]): INodeExecutionData[] =>
	values.map((json, item) => ({ json, pairedItem: { item } }));

/** A Postgres that can go away: its address, and the hand that cuts every connection and takes no more. */
export async function cuttable(url: string): Promise<{ url: string; cut(): Promise<void> }> {
	const { port, hostname } = new URL(url);
	const sockets = new Set<Socket>();
	const server: Server = createServer((near) => {
		const far = connect(Number(port), hostname);
		for (const [socket, other] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(socket);
			socket.on('error', () => other.destroy());
			socket.on('close', () => other.destroy());
			socket.pipe(other);
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
	const target = new URL(url);
	target.hostname = '127.0.0.1';
	target.port = String(address.port);
	const cut = async () => {
		const closed = new Promise((resolve) => server.close(resolve));
		for (const socket of sockets) socket.destroy();
		await closed;
	};
	return { url: target.href, cut };
}
