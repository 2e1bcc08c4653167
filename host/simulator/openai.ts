import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import { textFor } from './article-text';
import type { Answer, ProviderRequest } from './http-exchange';
import { readWish } from './prompt';
import { cutTo, tokensIn, unspoken, type Exchange, type Provider, type Speak } from './provider';
import type { WindowAnswer } from './sliding-window';

const MODELS = ['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-mini', 'gpt-4.1'];

const part = z.object({ type: z.literal('text'), text: z.string() });
const message = z.object({
	role: z.enum(['developer', 'system', 'user', 'assistant', 'tool']),
	content: z.union([z.string(), z.array(part).min(1)]),
});
const chatRequest = z.object({
	model: z.string().min(1),
	messages: z.array(message).min(1),
	temperature: z.number().min(0).max(2).nullish(),
	max_tokens: z.int().positive().nullish(),
	max_completion_tokens: z.int().positive().nullish(),
	n: z.literal(1).nullish(),
	stream: z.literal(false).nullish(),
	user: z.string().nullish(),
});

/** OpenAI's API as far as a chat completion needs it; null = not one of its paths. */
export const speakOpenAi: Speak = (request, provider, nowMs) => {
	if (!request.path.startsWith('/v1/')) return null;
	const refused = checkKey(request, provider);
	if (refused !== null) return unspoken(refused);
	if (request.method === 'GET' && request.path === '/v1/models') return unspoken(listModels());
	if (request.method === 'POST' && request.path === '/v1/chat/completions')
		return complete(request, provider, nowMs);
	return unspoken(
		failure(404, `Invalid URL (${request.method} ${request.path})`, 'invalid_request_error', null),
	);
};

function complete(request: ProviderRequest, provider: Provider, nowMs: number): Exchange {
	if (request.json === undefined)
		return unspoken(
			failure(400, 'We could not parse the JSON body of your request.', 'invalid_request_error', null),
		);
	const parsed = chatRequest.safeParse(request.json);
	if (!parsed.success) return unspoken(invalid(parsed.error));
	const { model, messages, max_completion_tokens, max_tokens, user = null } = parsed.data;
	if (!MODELS.includes(model)) return unspoken(unknownModel(model), model, user);
	const admitted = provider.window.admit(nowMs);
	const headers = limitHeaders(provider, admitted, nowMs);
	if (!admitted.admitted) return unspoken(tooMany(model, provider, admitted, headers), model, user);

	const prompt = messages
		.map(({ content }) => (typeof content === 'string' ? content : textOf(content)))
		.join('\n');
	const wish = readWish(prompt);
	const said = cutTo(textFor(wish, prompt), max_completion_tokens ?? max_tokens ?? null);
	const usage = { inputTokens: tokensIn(prompt) + 3 * messages.length, outputTokens: tokensIn(said.text) };
	return {
		answer: { status: 200, headers, body: completion(model, said, usage, prompt, nowMs) },
		seen: { model, kind: wish.kind, topic: wish.topic, user, ...usage },
	};
}

const textOf = (parts: z.infer<typeof part>[]) => parts.map(({ text }) => text).join('\n');

function completion(
	model: string,
	said: { text: string; cut: boolean },
	usage: { inputTokens: number; outputTokens: number },
	prompt: string,
	nowMs: number,
) {
	return {
		id: `chatcmpl-${createHash('sha256').update(`${nowMs}:${prompt}`).digest('hex').slice(0, 29)}`,
		object: 'chat.completion',
		created: Math.floor(nowMs / 1000),
		model,
		choices: [
			{
				index: 0,
				message: { role: 'assistant', content: said.text, refusal: null, annotations: [] },
				logprobs: null,
				finish_reason: said.cut ? 'length' : 'stop',
			},
		],
		usage: {
			prompt_tokens: usage.inputTokens,
			completion_tokens: usage.outputTokens,
			total_tokens: usage.inputTokens + usage.outputTokens,
			prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
			completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
		},
		service_tier: 'default',
		system_fingerprint: 'fp_simulator',
	};
}

function checkKey(request: ProviderRequest, { apiKeys, keyRequired }: Provider): Answer | null {
	if (!keyRequired) return null;
	const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
	if (key === undefined)
		return failure(
			401,
			"You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
			'invalid_request_error',
			null,
		);
	if (apiKeys === null || apiKeys.includes(key)) return null;
	const masked = `${key.slice(0, 3)}***${key.slice(-2)}`;
	return failure(401, `Incorrect API key provided: ${masked}.`, 'invalid_request_error', 'invalid_api_key');
}

function listModels(): Answer {
	const data = MODELS.map((id) => ({ id, object: 'model', created: 1_721_172_741, owned_by: 'system' }));
	return { status: 200, body: { object: 'list', data } };
}

function invalid(error: z.ZodError): Answer {
	const issue = error.issues[0];
	const param = issue?.path.join('.') ?? null;
	return failure(
		400,
		`Invalid '${param}': ${issue?.message}`,
		'invalid_request_error',
		'invalid_value',
		param,
	);
}

const unknownModel = (model: string) =>
	failure(
		404,
		`The model \`${model}\` does not exist or you do not have access to it.`,
		'invalid_request_error',
		'model_not_found',
	);

function tooMany(
	model: string,
	provider: Provider,
	refusal: WindowAnswer,
	headers: Record<string, string>,
): Answer {
	const waitMs = refusal.admitted ? 0 : refusal.retryAfterMs;
	const { limit } = provider.window;
	const answer = failure(
		429,
		`Rate limit reached for ${model} in organization org-simulator on requests per min (RPM): Limit ${limit}, Used ${refusal.usedInWindow}, Requested 1. Please try again in ${span(waitMs)}.`,
		'requests',
		'rate_limit_exceeded',
	);
	const retry = { 'retry-after-ms': String(waitMs), 'retry-after': String(Math.ceil(waitMs / 1000)) };
	return { ...answer, headers: { ...headers, ...retry } };
}

function limitHeaders(provider: Provider, answer: WindowAnswer, nowMs: number): Record<string, string> {
	const { limit, windowMs } = provider.window;
	return {
		'x-request-id': `req_${randomBytes(16).toString('hex')}`,
		'openai-version': '2020-10-01',
		'x-ratelimit-limit-requests': String(limit),
		'x-ratelimit-remaining-requests': String(Math.max(0, limit - answer.usedInWindow)),
		'x-ratelimit-reset-requests': span(
			answer.admitted ? Math.ceil(windowMs / limit) : provider.window.resetMs(nowMs),
		),
	};
}

/** OpenAI writes durations as `1.2s`, `6m0s` or `20ms`. */
function span(ms: number): string {
	if (ms < 1000) return `${ms}ms`;
	const seconds = ms / 1000;
	return seconds < 60
		? `${Number(seconds.toFixed(3))}s`
		: `${Math.floor(seconds / 60)}m${Math.round(seconds % 60)}s`;
}

function failure(
	status: number,
	text: string,
	type: string,
	code: string | null,
	param: string | null = null,
): Answer {
	return { status, body: { error: { message: text, type, param, code } } };
}
