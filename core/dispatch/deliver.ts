import type { Clock } from '../ports';
import type { ClaimedExecution } from '../queue/claim';
import { sign, type SigningSecret } from '../signing';
import { type Classification, classify } from './classify';
import { buildDispatchEnvelope, dispatchWebhookId } from './envelope';
import type { PostRequest } from './http-request';

/** The HTTP request's own bound (DESIGN §7); five minutes is the deadline of the *work*. */
export const REQUEST_TIMEOUT_MS = 15_000;
/** Pauses between repeats of an unknown delivery; the last one repeats. */
const REPEAT_AFTER_MS = [1000, 2000, 4000] as const;
/** A request shorter than this tells nothing. */
const SHORTEST_REQUEST_MS = 500;

export interface DeliverOptions {
	deployment: string;
	secrets: readonly SigningSecret[];
	post: PostRequest;
	clock: Clock;
	sleep: (ms: number) => Promise<void>;
	requestTimeoutMs?: number;
}

export interface Delivery extends Classification {
	webhookId: string;
	/** HTTP requests made. */
	attempts: number;
	ms: number;
}

/**
 * Delivers one execution. A definite answer ends it; an unknown one is repeated under the same id until something
 * answers or the dispatch lease ends (S3). It changes no state: the caller refuses what was refused.
 */
export async function deliver(execution: ClaimedExecution, options: DeliverOptions): Promise<Delivery> {
	const { clock, sleep } = options;
	const webhookId = dispatchWebhookId(execution.executionId, execution.epoch);
	const body = JSON.stringify(buildDispatchEnvelope(execution, options.deployment));
	const startedAt = clock.now().getTime();
	const leftMs = () => execution.leaseUntil.getTime() - clock.now().getTime();
	for (let attempts = 1; ; attempts++) {
		const result = await attempt(execution.endpointUrl, webhookId, body, leftMs(), options);
		const pauseMs = REPEAT_AFTER_MS[Math.min(attempts, REPEAT_AFTER_MS.length) - 1] ?? 4000;
		if (result.outcome !== 'unknown' || leftMs() <= pauseMs + SHORTEST_REQUEST_MS) {
			return { ...result, webhookId, attempts, ms: clock.now().getTime() - startedAt };
		}
		await sleep(pauseMs);
	}
}

/** Same id, fresh timestamp and signature: the receiver's tolerance is 5 minutes. */
async function attempt(
	url: string,
	webhookId: string,
	body: string,
	leftMs: number,
	{ secrets, post, clock, requestTimeoutMs = REQUEST_TIMEOUT_MS }: DeliverOptions,
): Promise<Classification> {
	const signed = sign({ id: webhookId, at: clock.now(), rawBody: body, secrets });
	const headers = { 'content-type': 'application/json', ...signed };
	const timeoutMs = Math.max(SHORTEST_REQUEST_MS, Math.min(requestTimeoutMs, leftMs));
	return classify(await post({ url, headers, body, timeoutMs }), clock.now());
}
