import type { IDataObject } from 'n8n-workflow';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../host/simulator';
import { orchestratorLlmTest } from '../../nodes/shared/credential-tests';
import { type EngineOptions, readNode, runNode, runWorkflow, workflowOf } from './engine';
import { taskOf } from './task-item';

const KEY = 'sk-canary-of-the-llm-call-test';
/** LLM Call needs no database; nobody listens here. */
const url = 'postgresql://nobody:nothing@127.0.0.1:1/none';

let simulator: Simulator;
afterEach(() => simulator.stop());

async function started(options: SimulatorOptions = {}): Promise<EngineOptions> {
	simulator = await startSimulator({ latencyMs: { least: 0, most: 0 }, apiKeys: [KEY], ...options });
	return { url, llm: keysFor(simulator, KEY) };
}

function keysFor({ baseUrl }: Simulator, apiKey: string) {
	return {
		openAiApiKey: apiKey,
		openAiUrl: baseUrl.openai,
		geminiApiKey: apiKey,
		geminiUrl: baseUrl.gemini,
	};
}

const MODELS = { openai: 'gpt-4o-mini', gemini: 'gemini-2.0-flash' };
function taskFor(provider: 'openai' | 'gemini', base_url = simulator.baseUrl[provider]): IDataObject {
	return { ...taskOf('1'), model: { provider, model: MODELS[provider], base_url } };
}

const call = (over: IDataObject = {}) => ({
	type: 'llmCall',
	parameters: {
		operation: 'complete',
		prompt: 'Write an outline.\nTopic: Tea',
		maxTokens: 200,
		outputField: 'outline',
		model: "={{ $('Task Trigger').item.json.model }}",
		options: {},
		...over,
	} as never,
});

describe('LLM Call', () => {
	it.each(['openai', 'gemini'] as const)(
		'asks %s, puts the answer in its field and counts',
		async (provider) => {
			const engine = await started();
			const { json, error } = await runNode(call(), [taskFor(provider)], engine);
			expect(error).toBeNull();
			expect(json[0]).toMatchObject({
				task: { id: '1' },
				outline: expect.stringContaining('Tea'),
				usage: [{ provider, model: MODELS[provider], requests: 1, output_tokens: expect.any(Number) }],
			});
			expect(simulator.requests).toHaveLength(1);
		},
	);

	it('needs no credential where the model’s server needs no key', async () => {
		await started({ keyRequired: false });
		const { json, error } = await runNode(call(), [taskFor('openai')], { url });
		expect(error).toBeNull();
		expect(json[0]?.outline).toContain('Tea');
	});

	it('names the credential when the provider wants a key', async () => {
		await started();
		const { error } = await runNode(call(), [taskFor('openai')], { url });
		expect(error?.message).toContain('status 401');
		expect(error?.description).toContain('Orchestrator LLM');
	});

	it('reports what was used before a failure, and when the provider opens again', async () => {
		const engine = await started({ requestsPerMinute: { openai: 1 } });
		const workflow = workflowOf(
			[
				{ name: 'Task Trigger', type: 'source' },
				{ name: 'Outline', ...call() },
				{ name: 'Draft', ...call({ outputField: 'draft' }), onError: 'continueErrorOutput' },
			],
			engine,
		);
		const run = await runWorkflow(workflow, [{ json: taskFor('openai'), pairedItem: { item: 0 } }], engine);
		const [, failed] = readNode(run, 'Draft').outputs;
		expect(failed?.[0]?.json).toMatchObject({
			error: expect.stringContaining('Rate limit reached'),
			details: { code: 'MO_LLM_REFUSED', retry: { recommended: true, not_before: expect.any(String) } },
			outline: expect.stringContaining('Tea'),
			usage: [{ provider: 'openai', requests: 1 }],
		});
		const { not_before } = (failed?.[0]?.json.details as { retry: { not_before: string } }).retry;
		const waitMs = Date.parse(not_before) - Date.now();
		expect(waitMs).toBeGreaterThan(50_000);
		expect(waitMs).toBeLessThanOrEqual(60_000);
	});

	it('sends the key nowhere but to the credential’s address, and never shows it', async () => {
		const engine = await started();
		const stranger = await startSimulator({ latencyMs: { least: 0, most: 0 } });
		const { error } = await runNode(call(), [taskFor('openai', stranger.baseUrl.openai)], engine);
		expect(error?.message).toContain('the key was not sent');
		expect(JSON.stringify(error)).not.toContain(KEY);
		expect(stranger.requests).toEqual([]);
		await stranger.stop();
	});

	it('says where nobody answers', async () => {
		await started();
		const { error } = await runNode(call(), [taskFor('openai', 'http://127.0.0.1:1/v1')], { url });
		expect(error?.message).toContain('http://127.0.0.1:1');
	});

	it('says that no model is enabled', async () => {
		const engine = await started();
		const { error } = await runNode(call(), [{ ...taskOf('1'), model: null }], engine);
		expect(error?.message).toContain('none is enabled');
	});
});

describe('the test of Orchestrator LLM', () => {
	const ask = async (data: IDataObject) =>
		await orchestratorLlmTest.call({} as never, { id: '1', name: 'c', type: 't', data: data as never });

	it('asks every provider that has a key', async () => {
		await started();
		expect(await ask(keysFor(simulator, KEY))).toEqual({
			status: 'OK',
			message: 'openai accepts its key. gemini accepts its key.',
		});
		expect(await ask({ ...keysFor(simulator, KEY), geminiApiKey: '' })).toEqual({
			status: 'OK',
			message: 'openai accepts its key.',
		});
	});

	it('names the provider that refuses or does not answer, and never shows a key', async () => {
		await started();
		const wrong = await ask(keysFor(simulator, 'sk-canary-wrong'));
		expect(wrong).toMatchObject({ status: 'Error', message: expect.stringContaining('openai refuses') });
		expect(wrong.message).not.toContain('sk-canary-wrong');
		const nobody = await ask({ openAiApiKey: KEY, openAiUrl: 'http://127.0.0.1:1/v1' });
		expect(nobody.message).toContain('openai does not answer at http://127.0.0.1:1');
		expect(await ask({})).toMatchObject({ status: 'Error', message: expect.stringContaining('empty') });
	});
});
