import type { ModelRef } from '../contract';
import { InvalidInputError } from '../errors';

/** What a provider is asked; `maxTokens` bounds the answer, not the prompt. */
export interface LlmPrompt {
	prompt: string;
	maxTokens: number;
}

/** One provider as the operator's credential has it. An empty key is no key: a model server of one's own needs none. */
export interface LlmAccess {
	baseUrl: string;
	apiKey: string;
}
export type LlmAccesses = Record<ModelRef['provider'], LlmAccess>;

/** A POST of JSON. */
export interface LlmRequest {
	url: string;
	headers: Record<string, string>;
	body: object;
}

/**
 * The request in the provider's own format: OpenAI's chat completions or Gemini's generateContent. A key leaves only
 * for the origin that its credential names, because the address comes from the database. `accesses` null = no credential.
 */
export function buildLlmRequest(
	model: ModelRef,
	prompt: LlmPrompt,
	accesses: LlmAccesses | null,
): LlmRequest {
	const apiKey = keyFor(model, accesses?.[model.provider]);
	const headers = apiKey === null ? {} : AUTHORISATION[model.provider](apiKey);
	const request = model.provider === 'openai' ? openAiRequest(model, prompt) : geminiRequest(model, prompt);
	return { ...request, headers };
}

/** A GET that lists the provider's models: it costs nothing and is refused to a wrong key. */
export function llmKeyProbe(
	provider: ModelRef['provider'],
	{ baseUrl, apiKey }: LlmAccess,
): Pick<LlmRequest, 'url' | 'headers'> {
	originOf(baseUrl);
	return { url: `${withoutSlash(baseUrl)}/models`, headers: AUTHORISATION[provider](apiKey) };
}

const AUTHORISATION: Record<ModelRef['provider'], (apiKey: string) => Record<string, string>> = {
	openai: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
	gemini: (apiKey) => ({ 'x-goog-api-key': apiKey }),
};

function openAiRequest(model: ModelRef, { prompt, maxTokens }: LlmPrompt): Omit<LlmRequest, 'headers'> {
	return {
		url: `${withoutSlash(model.base_url)}/chat/completions`,
		body: { model: model.model, max_tokens: maxTokens, messages: [{ role: 'user', content: prompt }] },
	};
}

function geminiRequest(model: ModelRef, { prompt, maxTokens }: LlmPrompt): Omit<LlmRequest, 'headers'> {
	return {
		url: `${withoutSlash(model.base_url)}/models/${encodeURIComponent(model.model)}:generateContent`,
		body: {
			contents: [{ role: 'user', parts: [{ text: prompt }] }],
			generationConfig: { maxOutputTokens: maxTokens },
		},
	};
}

function keyFor(model: ModelRef, access: LlmAccess | undefined): string | null {
	const apiKey = access?.apiKey.trim() ?? '';
	if (access === undefined || apiKey === '') return null;
	const [registered, allowed] = [originOf(model.base_url), originOf(access.baseUrl)];
	if (registered === allowed) return apiKey;
	throw new InvalidInputError(
		`The ${model.provider} key is for ${allowed}, but the model “${model.model}” is registered at ${registered}: the key was not sent.`,
		'Correct the address in the credential “Orchestrator LLM”, or the one of the model with “master-orchestrator model”.',
	);
}

function originOf(address: string): string {
	if (URL.canParse(address)) return new URL(address).origin;
	throw new InvalidInputError(
		`“${address}” is not the address of a language model.`,
		'Use something like https://api.openai.com/v1 in the credential “Orchestrator LLM”.',
	);
}

const withoutSlash = (address: string) => address.replace(/\/+$/, '');
