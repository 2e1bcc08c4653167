import { z } from 'zod/v4';
import { textFor } from './article-text';
import type { Answer, ProviderRequest } from './http-exchange';
import { readWish } from './prompt';
import { cutTo, tokensIn, unspoken, type Exchange, type Provider, type Speak } from './provider';

const MODELS = ['gemini-2.0-flash', 'gemini-2.5-flash', 'gemini-2.5-pro'];

const content = z.object({
	role: z.enum(['user', 'model']).optional(),
	parts: z.array(z.object({ text: z.string() })).min(1),
});
const generateRequest = z.object({
	contents: z.array(content).min(1),
	systemInstruction: content.optional(),
	generationConfig: z
		.object({
			maxOutputTokens: z.int().positive().optional(),
			temperature: z.number().min(0).max(2).optional(),
		})
		.optional(),
});

/** Gemini's API as far as generateContent needs it; null = not one of its paths. */
export const speakGemini: Speak = (request, provider, nowMs) => {
	if (!request.path.startsWith('/v1beta/')) return null;
	const refused = checkKey(request, provider);
	if (refused !== null) return unspoken(refused);
	if (request.method === 'GET' && request.path === '/v1beta/models') return unspoken(listModels());
	const model = /^\/v1beta\/models\/([^/:]+):generateContent$/.exec(request.path)?.[1];
	if (request.method === 'POST' && model !== undefined) return generate(model, request, provider, nowMs);
	return unspoken(failure(404, 'Requested entity was not found.', 'NOT_FOUND'));
};

function generate(model: string, request: ProviderRequest, provider: Provider, nowMs: number): Exchange {
	if (!MODELS.includes(model)) return unspoken(unknownModel(model), model);
	const parsed = generateRequest.safeParse(request.json);
	if (!parsed.success) return unspoken(invalid(parsed.error), model);
	const admitted = provider.window.admit(nowMs);
	if (!admitted.admitted) return unspoken(exhausted(model, provider, admitted.retryAfterMs), model);

	const { contents, systemInstruction, generationConfig } = parsed.data;
	const prompt = [systemInstruction, ...contents]
		.flatMap((entry) => entry?.parts.map(({ text }) => text) ?? [])
		.join('\n');
	const wish = readWish(prompt);
	const said = cutTo(textFor(wish, prompt), generationConfig?.maxOutputTokens ?? null);
	const usage = { inputTokens: tokensIn(prompt), outputTokens: tokensIn(said.text) };
	return {
		answer: { status: 200, body: generated(model, said, usage, nowMs) },
		seen: { model, kind: wish.kind, topic: wish.topic, user: null, ...usage },
	};
}

function generated(
	model: string,
	said: { text: string; cut: boolean },
	usage: { inputTokens: number; outputTokens: number },
	nowMs: number,
) {
	return {
		candidates: [
			{
				content: { parts: [{ text: said.text }], role: 'model' },
				finishReason: said.cut ? 'MAX_TOKENS' : 'STOP',
				avgLogprobs: -0.12,
				index: 0,
			},
		],
		usageMetadata: {
			promptTokenCount: usage.inputTokens,
			candidatesTokenCount: usage.outputTokens,
			totalTokenCount: usage.inputTokens + usage.outputTokens,
			promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.inputTokens }],
		},
		modelVersion: model,
		responseId: `sim-${nowMs.toString(36)}`,
	};
}

/** The key comes as `x-goog-api-key` or as `?key=`, as n8n's own credential sends it. */
function checkKey(request: ProviderRequest, { apiKeys, keyRequired }: Provider): Answer | null {
	if (!keyRequired) return null;
	const header = request.headers['x-goog-api-key'];
	const key = (typeof header === 'string' ? header : null) || request.query.get('key');
	if (!key)
		return failure(
			403,
			"Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
			'PERMISSION_DENIED',
		);
	if (apiKeys === null || apiKeys.includes(key)) return null;
	return failure(400, 'API key not valid. Please pass a valid API key.', 'INVALID_ARGUMENT', [
		{
			'@type': 'type.googleapis.com/google.rpc.ErrorInfo',
			reason: 'API_KEY_INVALID',
			domain: 'googleapis.com',
			metadata: { service: 'generativelanguage.googleapis.com' },
		},
	]);
}

function listModels(): Answer {
	const models = MODELS.map((name) => ({
		name: `models/${name}`,
		displayName: name,
		supportedGenerationMethods: ['generateContent'],
	}));
	return { status: 200, body: { models } };
}

const unknownModel = (model: string) =>
	failure(
		404,
		`models/${model} is not found for API version v1beta, or is not supported for generateContent.`,
		'NOT_FOUND',
	);

function invalid(error: z.ZodError): Answer {
	const issue = error.issues[0];
	const field = issue?.path.join('.') ?? '';
	return failure(400, `Invalid value at '${field}': ${issue?.message}`, 'INVALID_ARGUMENT', [
		{
			'@type': 'type.googleapis.com/google.rpc.BadRequest',
			fieldViolations: [{ field, description: issue?.message }],
		},
	]);
}

function exhausted(model: string, provider: Provider, retryAfterMs: number): Answer {
	const retryDelay = `${Math.ceil(retryAfterMs / 1000)}s`;
	const limit = String(provider.window.limit);
	return failure(
		429,
		`You exceeded your current quota, please check your plan and billing details. Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_requests, limit: ${limit}. Please retry in ${retryAfterMs / 1000}s.`,
		'RESOURCE_EXHAUSTED',
		[
			{
				'@type': 'type.googleapis.com/google.rpc.QuotaFailure',
				violations: [
					{
						quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
						quotaId: 'GenerateRequestsPerMinutePerProjectPerModel',
						quotaDimensions: { location: 'global', model },
						quotaValue: limit,
					},
				],
			},
			{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
		],
	);
}

function failure(code: number, message: string, status: string, details?: object[]): Answer {
	return { status: code, body: { error: { code, message, status, ...(details && { details }) } } };
}
