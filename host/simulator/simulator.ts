import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { speakGemini } from './gemini';
import { readRequest, send } from './http-exchange';
import { speakOpenAi } from './openai';
import { type Exchange, type Provider, unspoken } from './provider';
import { RequestLog, type LoggedRequest } from './request-log';
import { SlidingWindow } from './sliding-window';

export type ProviderName = 'openai' | 'gemini';

export interface SimulatorOptions {
	/** 0 = any free port. */
	port?: number;
	/** The providers' own limits: 50 and 60 requests in any 60 s. */
	requestsPerMinute?: Partial<Record<ProviderName, number>>;
	/** Length of the sliding window, 60,000 ms; tests shorten it. */
	windowMs?: number;
	/** Bounds of the time an answer takes; a real one takes seconds, a demo should not. */
	latencyMs?: { least: number; most: number };
	/** Keys that are accepted; null = any that is not empty. */
	apiKeys?: readonly string[] | null;
	/** Default true; false = it answers without a key too, as a model server of one's own does. */
	keyRequired?: boolean;
	/** JSON lines, one a request. */
	logFile?: string | null;
}

/** A local language model that speaks OpenAI's and Gemini's protocols; nothing outside `host/` knows of it. */
export interface Simulator {
	readonly port: number;
	/** Base addresses as the providers publish them, version path included. */
	readonly baseUrl: Readonly<Record<ProviderName, string>>;
	/** Every request so far, oldest first. */
	readonly requests: readonly LoggedRequest[];
	stop(): Promise<void>;
}

const LIMITS: Record<ProviderName, number> = { openai: 50, gemini: 60 };
const LATENCY = { least: 150, most: 400 };

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
	const log = new RequestLog(options.logFile ?? null);
	const latency = options.latencyMs ?? LATENCY;
	const providers: Record<ProviderName, Provider> = {
		openai: providerOf('openai', options),
		gemini: providerOf('gemini', options),
	};
	const server = createServer((incoming, response) => {
		void serve(incoming, response, providers, log, latency);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	const { port } = server.address() as AddressInfo;
	return {
		port,
		baseUrl: { openai: `http://127.0.0.1:${port}/v1`, gemini: `http://127.0.0.1:${port}/v1beta` },
		requests: log.requests,
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function providerOf(name: ProviderName, options: SimulatorOptions): Provider {
	const limit = options.requestsPerMinute?.[name] ?? LIMITS[name];
	const { apiKeys = null, keyRequired = true } = options;
	return { window: new SlidingWindow(limit, options.windowMs), apiKeys, keyRequired };
}

async function serve(
	incoming: IncomingMessage,
	response: ServerResponse,
	providers: Record<ProviderName, Provider>,
	log: RequestLog,
	latency: { least: number; most: number },
): Promise<void> {
	try {
		const request = await readRequest(incoming);
		const at = new Date();
		const provider: ProviderName = request.path.startsWith('/v1beta/') ? 'gemini' : 'openai';
		const speak = provider === 'gemini' ? speakGemini : speakOpenAi;
		const exchange = speak(request, providers[provider], at.getTime()) ?? notFound();
		if (request.method === 'POST')
			log.add({ at, provider, status: exchange.answer.status, ...exchange.seen });
		if (exchange.answer.status === 200)
			await sleep(latency.least + Math.random() * (latency.most - latency.least));
		send(response, exchange.answer);
	} catch (error) {
		const message = error instanceof Error ? error.message : String(error);
		if (response.headersSent) response.destroy();
		else send(response, { status: 400, body: { error: { message } } });
	}
}

const notFound = (): Exchange => unspoken({ status: 404, body: { error: { message: 'Not found' } } });
