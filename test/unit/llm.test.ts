import {
	buildLlmRequest,
	InvalidInputError,
	type LlmAccesses,
	llmKeyProbe,
	type ModelRef,
	readCompletion,
	readRefusal,
} from '../../core';

const openAi = {
	id: 'chatcmpl-1',
	object: 'chat.completion',
	model: 'gpt-4o-mini-2024-07-18',
	choices: [
		{
			index: 0,
			message: { role: 'assistant', content: '# Tea\n\nGreen tea is fine.' },
			finish_reason: 'stop',
		},
	],
	usage: { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 },
};
const gemini = {
	candidates: [
		{ content: { role: 'model', parts: [{ text: 'Green ' }, { text: 'tea' }] }, finishReason: 'STOP' },
	],
	usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 6, thoughtsTokenCount: 7, totalTokenCount: 18 },
	modelVersion: 'gemini-2.0-flash',
};

describe('reading a completion', () => {
	test('of OpenAI gives text and usage', () => {
		expect(readCompletion(openAi)).toEqual({
			text: '# Tea\n\nGreen tea is fine.',
			usage: {
				provider: 'openai',
				model: 'gpt-4o-mini-2024-07-18',
				requests: 1,
				input_tokens: 12,
				output_tokens: 34,
			},
		});
	});

	test('of Gemini joins the parts and counts thoughts as output', () => {
		expect(readCompletion(gemini)).toEqual({
			text: 'Green tea',
			usage: {
				provider: 'gemini',
				model: 'gemini-2.0-flash',
				requests: 1,
				input_tokens: 5,
				output_tokens: 13,
			},
		});
	});

	test.each([
		[{ error: { message: 'Rate limit reached', code: 429 } }, 'the provider says “Rate limit reached”'],
		[{ choices: [] }, 'got keys choices'],
		['text', 'got string'],
		[null, 'got null'],
	])('%j is refused with what came instead', (response, complaint) => {
		expect(() => readCompletion(response)).toThrow(InvalidInputError);
		expect(() => readCompletion(response)).toThrow(complaint);
	});
});

describe('a request', () => {
	const gpt: ModelRef = { provider: 'openai', model: 'gpt-4o-mini', base_url: 'https://api.openai.com/v1/' };
	const flash: ModelRef = {
		provider: 'gemini',
		model: 'tuned/flash',
		base_url: 'https://generativelanguage.googleapis.com/v1beta',
	};
	const ask = { prompt: 'Say “tea”.', maxTokens: 7 };
	const keys: LlmAccesses = {
		openai: { baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-open' },
		gemini: { baseUrl: 'https://generativelanguage.googleapis.com/v1beta', apiKey: 'AIza-gem' },
	};

	test('to OpenAI is a chat completion', () => {
		expect(buildLlmRequest(gpt, ask, keys)).toEqual({
			url: 'https://api.openai.com/v1/chat/completions',
			headers: { authorization: 'Bearer sk-open' },
			body: {
				model: 'gpt-4o-mini',
				max_tokens: 7,
				messages: [{ role: 'user', content: 'Say “tea”.' }],
			},
		});
	});

	test('to Gemini is a generateContent with the key in a header, never in the address', () => {
		expect(buildLlmRequest(flash, ask, keys)).toEqual({
			url: 'https://generativelanguage.googleapis.com/v1beta/models/tuned%2Fflash:generateContent',
			headers: { 'x-goog-api-key': 'AIza-gem' },
			body: {
				contents: [{ role: 'user', parts: [{ text: 'Say “tea”.' }] }],
				generationConfig: { maxOutputTokens: 7 },
			},
		});
	});

	test('has no key without a credential, or with an empty one', () => {
		expect(buildLlmRequest(gpt, ask, null).headers).toEqual({});
		const empty = { ...keys, openai: { baseUrl: '', apiKey: ' ' } };
		expect(buildLlmRequest(gpt, ask, empty).headers).toEqual({});
	});

	test.each([
		['https://evil.example/v1', 'https://evil.example'],
		['http://api.openai.com/v1', 'http://api.openai.com'],
		['https://api.openai.com:8443/v1', 'https://api.openai.com:8443'],
	])('keeps the key when the registered address is %s', (base_url, origin) => {
		const build = () => buildLlmRequest({ ...gpt, base_url }, ask, keys);
		expect(build).toThrow(InvalidInputError);
		expect(build).toThrow(`registered at ${origin}: the key was not sent`);
		expect(build).not.toThrow('sk-open');
	});

	test('for the test of a key lists the models', () => {
		expect(llmKeyProbe('gemini', keys.gemini)).toEqual({
			url: 'https://generativelanguage.googleapis.com/v1beta/models',
			headers: { 'x-goog-api-key': 'AIza-gem' },
		});
		expect(() => llmKeyProbe('openai', { baseUrl: 'api.openai.com', apiKey: 'k' })).toThrow(
			'not the address of a language model',
		);
	});
});

describe('a refusal', () => {
	const gpt: ModelRef = { provider: 'openai', model: 'gpt-4o-mini', base_url: 'https://api.openai.com/v1' };
	const now = new Date('2026-11-21T10:00:00Z');
	const refusal = (status: number, headers: Record<string, string>, body: unknown = {}) =>
		readRefusal(gpt, { status, headers, body }, now);

	test.each([
		[{ 'retry-after-ms': '1500', 'retry-after': '2' }, {}, '2026-11-21T10:00:01.500Z'],
		[{ 'retry-after': '20' }, {}, '2026-11-21T10:00:20.000Z'],
		[
			{},
			{
				error: {
					message: 'quota',
					details: [{ '@type': 'a' }, { '@type': 'RetryInfo', retryDelay: '27.5s' }],
				},
			},
			'2026-11-21T10:00:27.500Z',
		],
	])('of 429 with %j %j may be tried again at its own time', (headers, body, at) => {
		expect(refusal(429, headers, body).retryAt?.toISOString()).toBe(at);
	});

	test('without an instant, or with another status, leaves the time to the backoff', () => {
		expect(refusal(429, {}).retryAt).toBeNull();
		expect(refusal(500, { 'retry-after': '20' }).retryAt).toBeNull();
	});

	test('says what the provider said, and what to do', () => {
		const error = refusal(401, {}, { error: { message: 'Incorrect API key provided: sk-***.' } });
		expect(error.message).toContain('openai refused the request for “gpt-4o-mini” with status 401');
		expect(error.message).toContain('Incorrect API key');
		expect(error.action).toContain('Orchestrator LLM');
	});
});
