import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCompletion } from '../../../core';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../host/simulator';

const PROMPT = [
	'You write for a magazine.',
	'Write the article as Markdown.',
	'Topic: Growing tomatoes on a balcony',
	'Language: en',
	'Target keyword: balcony tomatoes',
].join('\n');

let simulator: Simulator;

async function started(options: SimulatorOptions = {}): Promise<Simulator> {
	simulator = await startSimulator({ latencyMs: { least: 0, most: 0 }, ...options });
	return simulator;
}

afterEach(() => simulator.stop());

const post = (url: string, body: unknown, headers: Record<string, string>) =>
	fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: JSON.stringify(body),
	});

const askOpenAi = (body: object = {}, key: string | null = 'sk-test') =>
	post(
		`${simulator.baseUrl.openai}/chat/completions`,
		{ model: 'gpt-4o-mini', messages: [{ role: 'user', content: PROMPT }], ...body },
		key === null ? {} : { authorization: `Bearer ${key}` },
	);

const askGemini = (body: object = {}, path = 'gemini-2.0-flash:generateContent?key=AIza-test') =>
	post(
		`${simulator.baseUrl.gemini}/models/${path}`,
		{ contents: [{ parts: [{ text: PROMPT }] }], ...body },
		{},
	);

describe('OpenAI', () => {
	it('answers a chat completion that our reader understands, with usage', async () => {
		await started();
		const response = await askOpenAi();
		const body: unknown = await response.json();
		expect(response.status).toBe(200);
		expect(body).toMatchObject({ object: 'chat.completion', choices: [{ finish_reason: 'stop' }] });
		const { text, usage } = readCompletion(body);
		expect(text).toContain('balcony tomatoes');
		expect(usage).toMatchObject({ provider: 'openai', model: 'gpt-4o-mini', requests: 1 });
		expect(usage.output_tokens).toBeGreaterThan(300);
	});

	it('counts its own requests and refuses the one over the limit with headers that say how long to wait', async () => {
		await started({ requestsPerMinute: { openai: 2 } });
		const first = await askOpenAi();
		expect(first.headers.get('x-ratelimit-limit-requests')).toBe('2');
		expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
		await askOpenAi();
		const refused = await askOpenAi();
		expect(refused.status).toBe(429);
		expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(55);
		expect(await refused.json()).toMatchObject({
			error: {
				type: 'requests',
				code: 'rate_limit_exceeded',
				message: expect.stringContaining('Limit 2, Used 2'),
			},
		});
	});

	it('admits again when the window has passed', async () => {
		await started({ requestsPerMinute: { openai: 1 }, windowMs: 2000 });
		await askOpenAi();
		const refused = await askOpenAi();
		expect(refused.status).toBe(429);
		const waitMs = Number(refused.headers.get('retry-after-ms'));
		await new Promise((resolve) => setTimeout(resolve, waitMs + 2));
		expect((await askOpenAi()).status).toBe(200);
	});

	it('refuses a missing key and a wrong one, and repeats neither', async () => {
		await started({ apiKeys: ['sk-right'] });
		expect((await askOpenAi({}, null)).status).toBe(401);
		const wrong = await askOpenAi({}, 'sk-wrong-secret');
		const text = await wrong.text();
		expect(wrong.status).toBe(401);
		expect(JSON.parse(text)).toMatchObject({ error: { code: 'invalid_api_key' } });
		expect(text).not.toContain('sk-wrong-secret');
	});

	it.each([
		['no messages', { messages: [] }, 400, 'invalid_value'],
		['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 400, 'invalid_value'],
		['an unknown model', { model: 'gpt-0' }, 404, 'model_not_found'],
	])('refuses %s', async (_name, body, status, code) => {
		await started();
		const response = await askOpenAi(body);
		expect(response.status).toBe(status);
		expect(await response.json()).toMatchObject({ error: { code } });
	});

	it('cuts its answer at max_tokens and says so', async () => {
		await started();
		expect(await (await askOpenAi({ max_tokens: 20 })).json()).toMatchObject({
			choices: [{ finish_reason: 'length' }],
			usage: { completion_tokens: 20 },
		});
	});

	it('lists its models to a credential test', async () => {
		await started();
		const response = await fetch(`${simulator.baseUrl.openai}/models`, {
			headers: { authorization: 'Bearer x' },
		});
		expect(await response.json()).toMatchObject({
			object: 'list',
			data: expect.arrayContaining([expect.objectContaining({ id: 'gpt-4o-mini' })]),
		});
	});
});

describe('Gemini', () => {
	it('answers generateContent that our reader understands, with usage', async () => {
		await started();
		const body: unknown = await (await askGemini()).json();
		expect(body).toMatchObject({ candidates: [{ finishReason: 'STOP' }], modelVersion: 'gemini-2.0-flash' });
		const { text, usage } = readCompletion(body);
		expect(text).toContain('balcony tomatoes');
		expect(usage).toMatchObject({ provider: 'gemini', requests: 1 });
	});

	it('takes the key as header too, and refuses a call without one', async () => {
		await started();
		const url = `${simulator.baseUrl.gemini}/models/gemini-2.0-flash:generateContent`;
		const body = { contents: [{ parts: [{ text: PROMPT }] }] };
		expect((await post(url, body, { 'x-goog-api-key': 'AIza' })).status).toBe(200);
		const refused = await post(url, body, {});
		expect(refused.status).toBe(403);
		expect(await refused.json()).toMatchObject({ error: { status: 'PERMISSION_DENIED' } });
	});

	it('refuses the request over the limit with a retry delay', async () => {
		await started({ requestsPerMinute: { gemini: 1 } });
		await askGemini();
		const refused = await askGemini();
		expect(refused.status).toBe(429);
		expect(await refused.json()).toMatchObject({
			error: {
				code: 429,
				status: 'RESOURCE_EXHAUSTED',
				details: expect.arrayContaining([
					{
						'@type': 'type.googleapis.com/google.rpc.RetryInfo',
						retryDelay: expect.stringMatching(/^(59|60)s$/),
					},
				]),
			},
		});
	});

	it('refuses an unknown model and a malformed request', async () => {
		await started();
		expect((await askGemini({}, 'gemini-0:generateContent?key=k')).status).toBe(404);
		expect((await askGemini({ contents: 'x' })).status).toBe(400);
	});
});

describe('the log', () => {
	it('keeps one line a request with its status, and no key', async () => {
		const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
		const logFile = join(folder, 'made-by-it', 'requests.jsonl');
		await started({ requestsPerMinute: { openai: 1 }, logFile });
		await askOpenAi();
		await askOpenAi();
		await askGemini();
		expect(simulator.requests.map(({ provider, status }) => `${provider} ${status}`)).toEqual([
			'openai 200',
			'openai 429',
			'gemini 200',
		]);
		expect(simulator.requests[0]).toMatchObject({ kind: 'draft', topic: 'Growing tomatoes on a balcony' });
		const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
		expect(lines).toHaveLength(3);
		expect(lines.join()).not.toMatch(/sk-test|AIza/);
		await rm(folder, { recursive: true });
	});
});
