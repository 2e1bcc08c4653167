import { logLines } from '../support/log-lines';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { everythingIn } from '../support/everything-in';
import { CANARY } from '../support/secret-cases';
import { type EngineOptions, type NodeSpec, runWorkflow, workflowOf } from './engine';
import { taskOf } from './task-item';

/** A provider that repeats whatever it was sent, as some do when they refuse a key. */
let provider: Server;
beforeAll(async () => {
	provider = createServer((request, response) => {
		const { authorization, 'x-goog-api-key': googleKey } = request.headers;
		const message = `Incorrect API key provided: ${authorization ?? ''} ${String(googleKey ?? '')} (${request.url}).`;
		response
			.writeHead(401, { 'content-type': 'application/json' })
			.end(JSON.stringify({ error: { message } }));
	});
	await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
	provider.closeAllConnections();
	await new Promise((resolve) => provider.close(resolve));
});
const providerUrl = () => `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;

/** A database that refuses every login, under a password that nobody may see. */
const url = `postgresql://admin:${CANARY}@127.0.0.1:1/none`;

/** Runs one node; answers what n8n would store of the execution, and every line that was logged meanwhile. */
async function storedAndLogged(
	spec: NodeSpec,
	options: EngineOptions,
): Promise<{ stored: string; logged: string }> {
	logLines.length = 0;
	const workflow = workflowOf(
		[
			{ name: 'Task Trigger', type: 'source' },
			{ name: 'Node', ...spec },
		],
		options,
	);
	const run = await runWorkflow(workflow, [{ json: taskOf('1'), pairedItem: { item: 0 } }], options);
	return { stored: everythingIn(run), logged: logLines.join('\n') };
}

const llmCall = (provider: 'openai' | 'gemini'): NodeSpec => ({
	type: 'llmCall',
	parameters: {
		operation: 'complete',
		prompt: 'Topic: Tea',
		maxTokens: 50,
		outputField: 'text',
		model: JSON.stringify({ provider, model: 'a-model', base_url: providerUrl() }),
		options: {},
	},
});
const keys = (): NonNullable<EngineOptions['llm']> => ({
	openAiApiKey: CANARY,
	openAiUrl: providerUrl(),
	geminiApiKey: CANARY,
	geminiUrl: providerUrl(),
});

describe.each(['stops', 'goes on'])('a node that fails and %s', (how) => {
	const onError = how === 'stops' ? undefined : 'continueRegularOutput';
	const and = (spec: NodeSpec): NodeSpec => ({ ...spec, ...(onError === undefined ? {} : { onError }) });

	it('keeps the password of the database out of what n8n stores and logs', async () => {
		const snapshot = and({ type: 'resourceManager', parameters: { operation: 'snapshot' } });
		const { stored, logged } = await storedAndLogged(snapshot, { url });
		expect(stored).toContain('nothing listens at 127.0.0.1:1');
		if (how === 'stops') expect(logged).toContain('nothing listens at 127.0.0.1:1');
		expect(stored).not.toContain(CANARY);
		expect(logged).not.toContain(CANARY);
	});

	it.each(['openai', 'gemini'] as const)(
		'keeps a key that %s repeats out of what n8n stores and logs',
		async (name) => {
			const { stored, logged } = await storedAndLogged(and(llmCall(name)), { url, llm: keys() });
			expect(stored).toContain('Incorrect API key provided');
			if (how === 'stops') expect(logged).toContain('Incorrect API key provided');
			expect(stored).not.toContain(CANARY);
			expect(logged).not.toContain(CANARY);
		},
	);
});
