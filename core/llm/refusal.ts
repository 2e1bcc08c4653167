import { z } from 'zod/v4';
import type { ModelRef } from '../contract';
import { readRetryAfter } from '../dispatch/classify';
import { LlmRefusedError } from '../errors';

/** What a provider answered, whether a completion or not. Header names are lower case. */
export interface LlmAnswer {
	status: number;
	headers: Readonly<Record<string, string>>;
	body: unknown;
}

const said = z.object({
	error: z.object({
		message: z.string(),
		details: z.array(z.looseObject({ retryDelay: z.string().optional() })).default([]),
	}),
});

/**
 * The provider's refusal as an operator should read it. 429 and 503 carry the earliest useful retry: `retry-after-ms` or
 * `retry-after` (OpenAI), `RetryInfo.retryDelay` (Gemini).
 */
export function readRefusal(model: ModelRef, refusal: LlmAnswer, now: Date): LlmRefusedError {
	const parsed = said.safeParse(refusal.body);
	const reason = parsed.success ? `: ${parsed.data.error.message}` : '';
	return new LlmRefusedError(
		`${model.provider} refused the request for “${model.model}” with status ${refusal.status}${reason}`,
		ACTIONS[refusal.status] ??
			(refusal.status >= 500 ? LATER : 'Compare the request with its documentation.'),
		passes(refusal.status) ? retryAt(refusal, now) : null,
	);
}

const LATER = 'The task is tried again later; look at the provider’s status page if it repeats.';
const KEY =
	'Choose the credential “Orchestrator LLM” in this node, with a key that this provider accepts, and test it.';
const ACTIONS: Readonly<Record<number, string>> = {
	401: KEY,
	403: KEY,
	404: 'Register a model that this provider offers: master-orchestrator model --help.',
	429: 'The task is tried again when the provider’s window opens; lower its requests per minute if it repeats.',
};

const passes = (status: number) => status === 429 || status === 503;

function retryAt({ headers, body }: LlmAnswer, now: Date): Date | null {
	const delayMs = delayInHeaders(headers) ?? delayInBody(body);
	if (delayMs !== null) return new Date(now.getTime() + delayMs);
	return readRetryAfter(headers['retry-after'] ?? null, now);
}

function delayInHeaders(headers: LlmAnswer['headers']): number | null {
	const ms = headers['retry-after-ms'];
	return ms !== undefined && /^\d+(\.\d+)?$/.test(ms) ? Math.ceil(Number(ms)) : null;
}

/** Gemini writes a duration in seconds, such as `27s` or `0.5s`. */
function delayInBody(body: unknown): number | null {
	const parsed = said.safeParse(body);
	const delay = parsed.success
		? parsed.data.error.details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay
		: undefined;
	const seconds = /^(\d+(?:\.\d+)?)s$/.exec(delay ?? '')?.[1];
	return seconds === undefined ? null : Math.ceil(Number(seconds) * 1000);
}
