import type { Answer, ProviderRequest } from './http-exchange';
import type { LoggedRequest } from './request-log';
import type { SlidingWindow } from './sliding-window';

/** What a provider needs to judge one request. */
export interface Provider {
	window: SlidingWindow;
	/** Keys that are accepted; null = any that is not empty. */
	apiKeys: readonly string[] | null;
	/** False: it answers whoever comes, as a model server of one's own does. */
	keyRequired: boolean;
}

/** The answer, and what the log keeps of the exchange (status and time are added by the server). */
export interface Exchange {
	answer: Answer;
	seen: Pick<LoggedRequest, 'model' | 'kind' | 'topic' | 'user' | 'inputTokens' | 'outputTokens'>;
}

export type Speak = (request: ProviderRequest, provider: Provider, nowMs: number) => Exchange | null;

/** An exchange in which no model spoke. */
export const unspoken = (
	answer: Answer,
	model: string | null = null,
	user: string | null = null,
): Exchange => ({
	answer,
	seen: { model, kind: null, topic: null, user, inputTokens: 0, outputTokens: 0 },
});

/** The usual estimate of four characters a token; at least one. */
export const tokensIn = (text: string): number => Math.max(1, Math.ceil(text.length / 4));

/** Cuts a text to a token limit, as a model that runs into `max_tokens` does. */
export function cutTo(text: string, maxTokens: number | null): { text: string; cut: boolean } {
	if (maxTokens === null || tokensIn(text) <= maxTokens) return { text, cut: false };
	return { text: text.slice(0, maxTokens * 4), cut: true };
}
